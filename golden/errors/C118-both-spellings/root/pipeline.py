import conducto as co


def run():
    root = co.Serial(container_reuse_context="new", same_container=co.SameContainer.INHERIT)  # fault: same_container=co.SameContainer.INHERIT
    root["Build"] = co.Exec("make")
    return root
