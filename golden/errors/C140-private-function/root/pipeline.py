import conducto as co


def build(n: int, who: str = "me") -> None:
    print(n, who)


def _build(n: int) -> None:
    print(n)


def run() -> co.Serial:
    root = co.Serial(image=co.Image(copy_dir="."))
    root["Build"] = co.Exec(_build, 1)  # fault: _build
    return root
