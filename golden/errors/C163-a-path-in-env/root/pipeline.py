import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec("cat $A", env={"A": co.relpath("a.csv")})  # fault: co.relpath("a.csv")
    return root
