import helper

import conducto as co

CONFIG = helper.load("name")


def run():
    return co.Exec("make")
