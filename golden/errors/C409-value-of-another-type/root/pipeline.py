import conducto as co


def run(jobs: int = 2):
    return co.Exec(f"make -j{jobs}")
