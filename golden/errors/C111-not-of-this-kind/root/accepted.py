import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", retries=2)
    return root
