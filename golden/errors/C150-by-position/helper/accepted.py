import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make")
    root["Test"] = co.Parallel(mem=1)
    return root
