import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec(f"cat {3}")
    return root
