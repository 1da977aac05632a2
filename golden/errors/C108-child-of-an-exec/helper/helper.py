import conducto as co


def checks(node):
    with node:  # fault: node
        co.Exec("make lint", name="lint")
    return node
