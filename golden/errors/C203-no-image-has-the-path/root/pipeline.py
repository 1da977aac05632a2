import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec(f"cat {co.relpath('data/a.csv')}")  # fault: co.Exec(f"cat {co.relpath('data/a.csv')}")
    return root
