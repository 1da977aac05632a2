import conducto as co


def run():
    root = co.Serial(cpu=1)
    root["Build"] = co.Exec("make")
    return root
