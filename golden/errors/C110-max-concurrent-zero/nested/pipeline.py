import conducto as co


def run():
    with co.Serial() as root:
        with co.Parallel(name="Test", max_concurrent=0):  # fault: 0
            co.Exec("make unit", name="unit")
    return root
