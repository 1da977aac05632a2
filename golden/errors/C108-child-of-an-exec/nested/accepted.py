import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Parallel()
    root["Build/api"] = co.Serial()
    root["Build/api/test"] = co.Exec("make test")
    return root
