import conducto as co


def run():
    root = co.Parallel()
    for number in range(2):
        root[str(number)] = co.Exec(f"make part-{number}")
    return root
