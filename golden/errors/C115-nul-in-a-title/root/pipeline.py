import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", title="a\0b")  # fault: "a\0b"
    return root
