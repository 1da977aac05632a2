import conducto as co


class Build:
    def __init__(self, n: int) -> None:
        print(n)


def build(n: int, who: str = "me") -> None:
    print(n, who)


def run() -> co.Serial:
    root = co.Serial(image=co.Image(copy_dir="."))
    root["Build"] = co.Exec(build, 1)
    return root
