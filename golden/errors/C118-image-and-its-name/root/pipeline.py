import conducto as co


def run():
    root = co.Serial(image="alpine:3.20", image_name="tools")  # fault: image_name="tools"
    root["Build"] = co.Exec("make")
    return root
