import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", params=co.Params(cpu=1, memory=2))  # fault: memory=2
    return root
