import conducto as co


def run():  # fault: run
    root = co.Serial()
    root["Build"] = co.Exec("make")
