import conducto as co


def run():
    root = co.Serial()
    build = co.Exec("make")
    root["Build"] = build
    root["Again"] = co.Exec(build.command)
    return root
