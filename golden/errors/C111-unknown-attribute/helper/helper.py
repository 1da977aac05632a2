import conducto as co


def checks(**more):
    node = co.Parallel()
    node["lint"] = co.Exec("make lint", **more)  # fault: more
    return node
