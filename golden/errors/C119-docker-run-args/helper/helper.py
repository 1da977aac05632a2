import conducto as co


def test(more):
    node = co.Exec("make unit")
    node.docker_run_args = ["-v/cache:/cache", more]  # fault: more
    return node
