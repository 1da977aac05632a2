import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Paralel()  # fault: co.Paralel
    return root
