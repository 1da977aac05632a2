import conducto as co


def run():
    root = co.Serial("Build", cpu=1)  # fault: "Build"
    root["Build"] = co.Exec("make")
    return root
