import conducto as co


def run():
    with co.Serial() as root:
        co.Exec("make", name="Build")
        root["Test"] = co.Exec("make test")
    return root
