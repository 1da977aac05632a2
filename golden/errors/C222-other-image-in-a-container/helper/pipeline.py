import helper

import conducto as co


def run():
    root = co.Serial(cpu=1, same_container=co.SameContainer.NEW)
    root["Build"] = co.Exec("make")
    root["Test"] = helper.test(2)
    return root
