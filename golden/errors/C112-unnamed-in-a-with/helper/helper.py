import conducto as co


def check():
    return co.Exec("make check", cpu=1)  # fault: co.Exec("make check", cpu=1)
