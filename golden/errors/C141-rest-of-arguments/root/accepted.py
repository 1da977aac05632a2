import conducto as co


def each(*numbers: int) -> None:
    print(numbers)


def both(a: int, b: int) -> None:
    print(a, b)


def run() -> co.Serial:
    root = co.Serial(image=co.Image(copy_dir="."))
    root["Build"] = co.Exec(both, 1, 2)
    return root
