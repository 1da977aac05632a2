import conducto as co


def run():
    root = co.Serial()
    root["Test"] = co.Parallel(requires_docker=True)
    root["Test/unit"] = co.Exec("make unit")
    root["Test/unit"].requires_docker = False
    return root
