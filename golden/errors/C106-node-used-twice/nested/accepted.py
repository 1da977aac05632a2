import conducto as co


def run():
    root = co.Serial()
    root["Test"] = co.Parallel()
    for name in ["api", "worker"]:
        root["Test"][name] = co.Exec("make test")
    return root
