import conducto as co


def checks(outer, inner):
    node = co.Parallel()
    outer["Checks"] = node
    node["again"] = inner  # fault: inner
    return node
