import conducto as co


def run():
    root = co.Serial(image=co.Image("gcc:14", platfrom="linux/arm64"))  # fault: platfrom="linux/arm64"
    root["Build"] = co.Exec("make")
    return root
