import conducto as co


def run():
    root = co.Serial()
    root.register_image(co.Image("alpine:3.20"))  # fault: co.Image("alpine:3.20")
    root["Build"] = co.Exec("make")
    return root
