import conducto as co


def build(n: int, who: str = "me") -> None:
    print(n, who)


def run() -> co.Serial:
    root = co.Serial(image=co.Image(copy_dir="."))
    def inner(n: int) -> None:
        print(n)

    root["Build"] = co.Exec(inner, 1)  # fault: inner
    return root
