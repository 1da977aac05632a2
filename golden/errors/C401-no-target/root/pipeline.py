import conducto as co


def run():
    return co.Exec("make")
