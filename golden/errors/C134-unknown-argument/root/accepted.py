import conducto as co


def run():
    root = co.Serial(image=co.Image("gcc:14", name="compiler"))
    root["Build"] = co.Exec("make")
    return root
