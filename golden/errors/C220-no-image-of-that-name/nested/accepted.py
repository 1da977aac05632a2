import conducto as co


def run():
    root = co.Serial()
    root.register_image(co.Image("alpine:3.20", name="tools"))
    root["Test"] = co.Parallel()
    root["Test/unit"] = co.Exec("make unit", image_name="tools")
    return root
