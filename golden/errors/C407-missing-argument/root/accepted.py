import conducto as co


def run(count: int = 4):
    return co.Exec(f"make -j{count}")
