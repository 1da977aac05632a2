import conducto as co


def run():
    return co.Exec("make")


def test():
    return co.Exec("make test")
