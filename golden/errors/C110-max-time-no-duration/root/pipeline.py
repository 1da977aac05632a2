import conducto as co


def run():
    root = co.Serial(max_time="5 min")  # fault: "5 min"
    root["Build"] = co.Exec("make")
    return root
