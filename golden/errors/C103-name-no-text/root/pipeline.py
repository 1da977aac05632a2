import conducto as co


def run():
    root = co.Parallel()
    for number in range(2):
        root[number] = co.Exec(f"make part-{number}")  # fault: number
    return root
