import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Notebook("fit.ipynb")  # fault: "fit.ipynb"
    return root
