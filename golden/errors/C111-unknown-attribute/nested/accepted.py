import conducto as co


def run():
    with co.Serial() as root:
        with co.Serial(name="Test", stop_on_error=False):
            co.Exec("make test", name="unit")
    return root
