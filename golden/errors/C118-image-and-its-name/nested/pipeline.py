import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", image="alpine:3.20")
    root["Build"].image_name = "tools"  # fault: root["Build"].image_name
    return root
