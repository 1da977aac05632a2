import conducto as co


class Builder:
    def build(self, n: int) -> None:
        print(n)


def build(n: int, who: str = "me") -> None:
    print(n, who)


def run() -> co.Serial:
    root = co.Serial(image=co.Image(copy_dir="."))
    root["Build"] = co.Exec(Builder().build, 1)  # fault: Builder().build
    return root
