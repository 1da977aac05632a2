import conducto as co


def run():
    image = co.Image("gcc:14", name="compiler")
    root = co.Serial(image=image)
    root["Build"] = co.Exec("make")
    return root
