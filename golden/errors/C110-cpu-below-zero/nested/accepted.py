import conducto as co


def run():
    cores = 3
    with co.Serial() as root:
        with co.Parallel(name="Test"):
            co.Exec("make 世界", name="世界", cpu=cores - 2)
    return root
