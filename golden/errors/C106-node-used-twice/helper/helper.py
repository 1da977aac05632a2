import conducto as co


def checks(node):
    both = co.Parallel()
    both["lint"] = co.Exec("make lint")
    both["one"] = (node)  # fault: node
    return both
