import helper

import conducto as co


def run():
    root = co.Serial(image=helper.IMAGE)
    root["Build"] = co.Exec("make")
    return root
