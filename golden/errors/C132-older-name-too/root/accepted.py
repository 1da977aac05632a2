import conducto as co


def run():
    root = co.Serial(image=co.Image("python:3.13", reqs_py=["a", "b"]))
    root["Build"] = co.Exec("make")
    return root
