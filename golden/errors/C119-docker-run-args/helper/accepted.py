import helper

import conducto as co


def run():
    root = co.Serial()
    root["Test"] = helper.test("--cap-add=SYS_PTRACE")
    return root
