import conducto as co


def run():
    root = co.Serial(cpu=0.1, mem=2)
    root["Build"] = co.Exec("make")
    return root
