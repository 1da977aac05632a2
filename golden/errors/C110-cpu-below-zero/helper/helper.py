import conducto as co


def checks(cores):
    node = co.Parallel()
    node["lint"] = co.Exec("make lint")
    node["lint"].cpu = cores  # fault: cores
    return node
