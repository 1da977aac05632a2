import conducto as co


def run():
    root = co.Serial()
    root["Test"] = co.Parallel()
    root["Test/unit"] = co.Serial()
    part = root["Test/unit"]
    part["/Test/Unit/api"] = co.Exec("make test")  # fault: "/Test/Unit/api"
    return root
