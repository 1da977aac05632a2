import conducto as co


def build(n: int) -> None:
    print(n)


def run():
    root = co.Serial(image=co.Image("python:3.13-slim", copy_dir="."))
    root["Build"] = co.Exec("true")
    return root
