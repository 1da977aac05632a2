import conducto as co


def run():
    root = co.Serial(image=co.Image("gcc:14", copy_dir=".", exclude=["*.o", "[a-"]))  # fault: "[a-"
    root["Build"] = co.Exec("make")
    return root
