import conducto as co


def checks(first, second):
    node = co.Parallel()
    node[first], node[second] = co.Exec("a"), co.Exec("b")  # fault: second
    return node
