import conducto as co


def run():
    root = co.Serial()
    root["Test"] = co.Parallel()
    root["Test/unit"] = co.Exec("make unit")
    root["Test/unit"].on_error(3)  # fault: 3
    return root
