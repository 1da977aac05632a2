import helper

import conducto as co


def run():
    root = co.Serial()
    root["Test"] = helper.test("--name=x")
    return root
