import conducto as co


def run():
    root = co.Serial()
    root["Test"] = co.Parallel()
    root["Test/api"] = root["Test/worker"] = co.Exec("make test")  # fault: co.Exec("make test")
    return root
