import conducto as co


def check(what):
    return co.Parallel(what, mem=1)  # fault: what
