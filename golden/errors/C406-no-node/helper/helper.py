root = None


def run():  # fault: run
    return root
