import helper

import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", env={"TOKEN": helper.secret("7")})
    return root
