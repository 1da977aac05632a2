import helper

import conducto as co


def run():
    with co.Serial() as root:
        co.Exec("make", name="Build")
        root["Check"] = helper.check()
    return root
