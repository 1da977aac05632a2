import conducto as co


def run():
    root = co.Serial(stop_on_eror=False)  # fault: stop_on_eror=False
    root["Build"] = co.Exec("make")
    return root
