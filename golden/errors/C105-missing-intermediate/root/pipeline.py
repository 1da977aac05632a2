import conducto as co


def run():
    root = co.Serial()
    root["Test/unit"] = co.Exec("make test")  # fault: "Test/unit"
    root["Test"] = co.Parallel()
    return root
