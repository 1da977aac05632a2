import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", params=co.Params(cpu=1, mem=-2))  # fault: -2
    return root
