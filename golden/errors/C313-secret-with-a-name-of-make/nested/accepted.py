import conducto as co


def run():
    root = co.Serial(env={"PASSWORD": co.Secret("STATES")})
    root["Deploy"] = co.Parallel()
    root["Deploy/app"] = co.Exec("deploy")
    return root
