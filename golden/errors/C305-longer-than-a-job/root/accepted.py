import conducto as co


def run():
    root = co.Serial()
    root["Train"] = co.Exec("make model", max_time="2h", retries=1)
    return root
