import conducto as co


def run():
    with co.Serial() as root:
        with co.Serial(name="Test"):
            with co.Parallel(name="Unit"):
                co.Exec("make api", name="api")
                co.Exec(
                    "make worker",
                    cpu=2,
                    name="api",  # fault: "api"
                )
    return root
