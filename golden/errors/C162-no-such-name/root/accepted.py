import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Parallel()
    root["a/b"] = co.Exec("true")
    return root
