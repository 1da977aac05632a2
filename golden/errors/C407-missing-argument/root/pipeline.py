import conducto as co


def run(count: int):  # fault: count: int
    return co.Exec(f"make -j{count}")
