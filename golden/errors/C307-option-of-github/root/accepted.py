import conducto as co


def run():
    root = co.Serial()
    root["Deploy"] = co.Exec("make deploy", options={"github": {"runs-on": "big"}})
    return root
