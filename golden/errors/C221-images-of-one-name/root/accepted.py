import conducto as co


def run():
    root = co.Serial(image_name="tools")
    root.register_image(co.Image("alpine:3.20", name="tools"))
    root["Build"] = co.Exec("make", image=co.Image("alpine:3.20", name="tools"))
    root["Test"] = co.Exec("make test")
    return root
