import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec("true")
    return root
