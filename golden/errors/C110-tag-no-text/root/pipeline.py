import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", tags=["nightly", 3])  # fault: 3
    return root
