import conducto as co


def run():
    root = co.Serial()
    root["Test"] = co.Serial()
    return root
