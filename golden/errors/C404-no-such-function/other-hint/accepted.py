import conducto as co


def run() -> "co.Exec":
    return co.Exec("make")
