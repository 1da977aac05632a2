import conducto as co


def run():
    root = co.Exec("make")
    root["Test"] = co.Exec("make test")  # fault: root
    return root
