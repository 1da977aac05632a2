import conducto as co


def run():
    return co.Exec("deploy", env={"PASSWORD": co.Secret("SHELL")})  # fault: co.Exec("deploy", env={"PASSWORD": co.Secret("SHELL")})
