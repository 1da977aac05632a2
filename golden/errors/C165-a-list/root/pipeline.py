import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Notebook("fit.ipynb", n=[1, 2])  # fault: [1, 2]
    return root
