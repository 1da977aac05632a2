import conducto as co


def run():
    root = co.Serial()
    root["Test"] = co.Parallel(docker_run_args="-v /cache:/cache")
    root["Test/unit"] = co.Exec("make unit")
    return root
