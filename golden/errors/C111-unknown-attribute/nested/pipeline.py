import conducto as co


def run():
    with co.Serial() as root:
        with co.Parallel(name="Test", stop_on_error=False):  # fault: stop_on_error=False
            co.Exec("make test", name="unit")
    return root
