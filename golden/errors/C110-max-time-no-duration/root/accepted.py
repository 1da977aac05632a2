import conducto as co


def run():
    root = co.Serial(max_time="5m")
    root["Build"] = co.Exec("make")
    return root
