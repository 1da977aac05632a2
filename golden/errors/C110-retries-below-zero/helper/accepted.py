import helper

import conducto as co


def run():
    root = co.Serial()
    root["Test"] = helper.flaky(1)
    return root
