import conducto as co


def run(jobs: str = "2"):
    return co.Exec(f"make -j{jobs}")
