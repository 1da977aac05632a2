import conducto as co


def run():
    root = co.Serial(image=co.Image("python:3.13", install_pip=["a"], reqs_py=["b"]))  # fault: reqs_py=["b"]
    root["Build"] = co.Exec("make")
    return root
