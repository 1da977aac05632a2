import conducto as co


def run():
    root = co.Parallel()
    for number in range(3):
        root[str(number)] = co.Exec(f"echo {number}")
    return root
