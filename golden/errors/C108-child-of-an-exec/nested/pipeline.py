import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Parallel()
    root["Build/api"] = co.Exec("make api")
    root["Build/api/test"] = co.Exec("make test")  # fault: "Build/api/test"
    return root
