import conducto as co


def checks(name):
    node = co.Parallel()
    node[f"{name}"] = co.Exec("make test")  # fault: f"{name}"
    return node
