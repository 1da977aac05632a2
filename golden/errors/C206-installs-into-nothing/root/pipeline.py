import conducto as co


def run():
    root = co.Serial(image=co.Image(install_pip=["numpy"]))  # fault: co.Image(install_pip=["numpy"])
    root["Build"] = co.Exec("make")
    return root
