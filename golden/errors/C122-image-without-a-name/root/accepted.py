import conducto as co


def run():
    root = co.Serial()
    root.register_image(co.Image("alpine:3.20", name="tools"))
    root["Build"] = co.Exec("make")
    return root
