import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec("cat $A", env={"A": "a.csv"})
    return root
