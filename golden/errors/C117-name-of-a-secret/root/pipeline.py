import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", env={"TOKEN": co.Secret("my-token")})  # fault: "my-token"
    return root
