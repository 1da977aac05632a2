import conducto as co


def run():
    root = co.Serial()
    root["Test"] = co.Parallel()
    root["Test/unit"] = co.Serial()
    root["Test"]["unit/all"] = root["/"]  # fault: root["/"]
    return root
