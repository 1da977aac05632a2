import conducto as co


def build(n: int, who: str = "me") -> None:
    print(n, who)


def run() -> co.Serial:
    root = co.Serial(image=co.Image(copy_dir="."))
    root["Build"] = co.Exec(build, 1, "you")
    return root
