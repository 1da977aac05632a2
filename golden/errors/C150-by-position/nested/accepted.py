import conducto as co


def run():
    with co.Serial() as root:
        co.Exec("make", name="Build")
        with co.Parallel(name="Test"):
            co.Exec("make test", name="unit")
    return root
