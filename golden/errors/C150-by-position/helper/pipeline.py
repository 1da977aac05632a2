import helper

import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make")
    root["Test"] = helper.check("test")
    return root
