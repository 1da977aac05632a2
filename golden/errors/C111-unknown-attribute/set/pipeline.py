import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make")
    root["Build"].set(mem=1, retry=2)  # fault: retry=2
    return root
