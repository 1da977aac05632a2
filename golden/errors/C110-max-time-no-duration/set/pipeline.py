import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make")
    root["Build"].set(retries=2, max_time="1h90")  # fault: "1h90"
    return root
