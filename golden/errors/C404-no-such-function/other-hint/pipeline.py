import conducto as co


def run() -> str:  # fault: run
    return "make"
