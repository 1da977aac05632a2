import conducto as co


def run():
    with co.Serial() as root:
        with co.Parallel(name="Test"):
            co.Exec("make api", name="api")
            with co.Serial(name="worker"):
                co.Exec("make worker", name="worker")
    return root
