import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", env={"TOKEN": co.Secret("MY_TOKEN")})
    return root
