import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec(f"cat {co.relpath(3)}")  # fault: 3
    return root
