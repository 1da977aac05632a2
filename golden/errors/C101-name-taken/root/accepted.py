import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make")
    root["build"] = co.Exec("make test")
    return root
