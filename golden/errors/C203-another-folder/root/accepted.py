import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root.image = co.Image("alpine", path_map={"data": "/data"})
    root["a"] = co.Exec(f"cat {co.relpath('data/a.csv')}")
    return root
