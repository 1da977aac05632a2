import conducto as co


def run():
    image = co.Image("gcc:14")
    image.shell = "sh"  # fault: image.shell
    root = co.Serial(image=image)
    root["Build"] = co.Exec("make")
    return root
