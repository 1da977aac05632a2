import conducto as co


def checks(env):
    node = co.Parallel()
    node["lint"] = co.Exec("make lint", env=env)  # fault: env
    return node
