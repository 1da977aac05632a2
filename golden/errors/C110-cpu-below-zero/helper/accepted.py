import helper

import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make")
    root["Test"] = helper.checks(1)
    return root
