import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make")
    root["Build"].options = {"argo": {"7": "x"}}
    return root
