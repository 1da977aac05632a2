import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", name="Build")  # fault: "Build"
    return root
