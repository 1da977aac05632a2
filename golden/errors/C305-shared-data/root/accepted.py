import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make model")
    root["Test"] = co.Exec("make test")
    return root
