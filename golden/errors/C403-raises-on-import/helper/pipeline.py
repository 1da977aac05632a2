import helper

import conducto as co

CONFIG = helper.load("")


def run():
    return co.Exec("make")
