import conducto as co


def run():
    root = co.Serial(image=co.Image("gcc:14", dockerfile_text="FROM gcc:14\n"))  # fault: dockerfile_text="FROM gcc:14\n"
    root["Build"] = co.Exec("make")
    return root
