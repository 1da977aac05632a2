import conducto as co


def check(what):
    return co.Exec("make", what, mem=1)  # fault: what
