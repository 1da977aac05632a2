import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", docker_run_args=["-v", "/cache:/cache", "--init"])
    return root
