import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", max_concurrent=2)  # fault: max_concurrent=2
    return root
