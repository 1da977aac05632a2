import conducto as co


def build(what: list) -> None:
    print(what)


def run() -> co.Serial:
    root = co.Serial(image=co.Image(copy_dir="."))
    root["Build"] = co.Exec(build, {"a": 1})  # fault: {"a": 1}
    return root
