import conducto as co


def run():
    root = co.Serial()
    root["Test"] = root  # fault: root
    return root
