import conducto as co


def checks(name):
    with co.Parallel() as node:
        co.Exec("make lint", name=name)  # fault: name
    return node
