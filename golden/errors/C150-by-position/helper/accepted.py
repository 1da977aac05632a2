import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make")
    root["Test"] = co.Exec("make test", mem=1)
    return root
