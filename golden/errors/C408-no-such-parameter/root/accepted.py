import conducto as co


def run(job: int = 2):
    return co.Exec(f"make -j{job}")
