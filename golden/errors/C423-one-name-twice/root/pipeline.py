import conducto as co


def run(n: int = 1):
    return co.Exec(f"make test{n}")
