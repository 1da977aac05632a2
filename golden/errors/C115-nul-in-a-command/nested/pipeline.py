import conducto as co


def run():
    end = "\0"
    with co.Serial() as root:
        with co.Parallel(name="Test"):
            co.Exec(f"make{end}", name="unit")  # fault: f"make{end}"
    return root
