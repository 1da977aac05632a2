import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", image="alpine:3.20")
    root["Build"].image = "debian:12"
    return root
