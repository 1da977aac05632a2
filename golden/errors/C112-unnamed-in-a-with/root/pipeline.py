import conducto as co


def run():
    with co.Serial() as root:
        co.Exec("make", name="Build")
        co.Exec("make test")  # fault: co.Exec("make test")
    return root
