import conducto as co


def run():
    root = co.Serial(image=co.Image("python:3.13", install_pip=["numpy"]))
    root["Build"] = co.Exec("make")
    return root
