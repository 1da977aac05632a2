import conducto as co


def build(n: int, who: str = "me") -> None:
    print(n, who)


def run() -> co.Serial:
    root = co.Serial()
    root["Build"] = co.Exec(build, 1, params=co.Params(image=co.Image(copy_dir=".")))
    return root
