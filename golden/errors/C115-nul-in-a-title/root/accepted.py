import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", title="a b")
    return root
