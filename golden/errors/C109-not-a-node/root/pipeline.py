import conducto as co


def run():
    root = co.Serial()
    root["Build"] = "make"  # fault: "make"
    return root
