import conducto as co


def run():
    root = co.Serial()
    root[""] = co.Exec("make")  # fault: ""
    return root
