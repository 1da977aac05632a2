import helper

import conducto as co


def run():
    with co.Serial() as root:
        co.Exec("make", name="Build")
        helper.check()
    return root
