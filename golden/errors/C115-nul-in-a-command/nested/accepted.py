import conducto as co


def run():
    end = "\x01"
    with co.Serial() as root:
        with co.Parallel(name="Test"):
            co.Exec(f"make{end}", name="unit")
    return root
