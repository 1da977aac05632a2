import conducto as co


def run(
    folder,
    *,
    jobs=2,
    level: str = "info",
):
    return co.Exec(f"make -j{jobs} {folder}/{level}")
