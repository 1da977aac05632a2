import conducto as co


def build(n: int) -> None:
    print(n)


def run():
    root = co.Serial(image=co.Image("python:3.13-slim", copy_dir="."))
    root["Build"] = co.Exec(build, n=1)  # fault: co.Exec(build, n=1)
    return root
