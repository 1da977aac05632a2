import conducto as co


def run():
    root = co.Serial()
    root["Test"] = co.Exec("make test")
    return root
