import conducto as co


def run(folder):  # fault: folder
    return co.Exec(f"make {folder}")
