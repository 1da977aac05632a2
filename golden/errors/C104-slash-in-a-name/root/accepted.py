import conducto as co


def run():
    with co.Serial() as root:
        co.Exec("make test", name="test|unit")
    return root
