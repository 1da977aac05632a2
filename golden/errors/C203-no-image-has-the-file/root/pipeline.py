import conducto as co


def build(n: int, who: str = "me") -> None:
    print(n, who)


def run() -> co.Serial:
    root = co.Serial()
    root["Build"] = co.Exec(build, 1)  # fault: co.Exec(build, 1)
    return root
