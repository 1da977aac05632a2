import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec("true", doc=co.util.magic_doc(func=len))  # fault: len
    return root
