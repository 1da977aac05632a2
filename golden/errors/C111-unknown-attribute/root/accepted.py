import conducto as co


def run():
    root = co.Serial(stop_on_error=False)
    root["Build"] = co.Exec("make")
    return root
