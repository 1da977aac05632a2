import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Notebook("fit.ipynb")
    root.image = co.Image(copy_dir=".")
    return root
