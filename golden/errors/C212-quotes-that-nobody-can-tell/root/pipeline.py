import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root.image = co.Image(copy_dir=".")
    root["a"] = co.Exec(f"cat `echo {co.relpath('a b.csv')}`")  # fault: co.Exec(f"cat `echo {co.relpath('a b.csv')}`")
    return root
