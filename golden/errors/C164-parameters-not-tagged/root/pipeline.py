import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Notebook("fit.ipynb", n=2)  # fault: "fit.ipynb"
    return root
