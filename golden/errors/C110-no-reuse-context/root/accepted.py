import conducto as co


def run():
    root = co.Serial(container_reuse_context="new")
    root["Build"] = co.Exec("make")
    return root
