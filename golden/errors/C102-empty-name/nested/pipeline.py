import conducto as co


def run():
    root = co.Serial()
    root["Test"] = co.Parallel()
    root["Test/unit/"] = co.Exec("make test")  # fault: "Test/unit/"
    return root
