import conducto as co


def run():
    with co.Serial() as root:
        with co.Parallel(name="Test", max_concurrent=1):
            co.Exec("make unit", name="unit")
    return root
