import conducto as co

raise RuntimeError("no such luck")  # fault: raise RuntimeError("no such luck")


def run():
    return co.Exec("make")
