import helper

import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make", env={"TOKEN": helper.secret("T7")})
    return root
