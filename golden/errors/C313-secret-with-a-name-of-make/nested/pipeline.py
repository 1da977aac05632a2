import conducto as co


def run():
    root = co.Serial(env={"PASSWORD": co.Secret("STATE")})
    root["Deploy"] = co.Parallel()
    root["Deploy/app"] = co.Exec("deploy")  # fault: co.Exec("deploy")
    return root
