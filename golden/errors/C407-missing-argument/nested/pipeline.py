import conducto as co


def run(
    folder,
    *,
    jobs=2,
    level: str,  # fault: level: str
):
    return co.Exec(f"make -j{jobs} {folder}/{level}")
