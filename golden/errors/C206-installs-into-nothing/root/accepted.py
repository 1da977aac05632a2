import conducto as co


def run():
    root = co.Serial(image=co.Image(install_pip=["conducto"]))
    root["Build"] = co.Exec("make")
    return root
