import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make")
    root["Build"] = co.Exec("make test")  # fault: "Build"
    return root
