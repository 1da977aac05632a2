import conducto as co


def run():
    root = co.Serial(image="alpine:3.20")
    root["Build"] = co.Exec("make")
    return root
