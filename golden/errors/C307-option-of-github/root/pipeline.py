import conducto as co


def run():
    root = co.Serial()
    root["Deploy"] = co.Exec("make deploy", options={"github": {"runs_on": "big"}})  # fault: co.Exec("make deploy", options={"github": {"runs_on": "big"}})
    return root
