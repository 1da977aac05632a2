import helper

import conducto as co


def run():
    root = co.Serial()
    helper.checks(root, root)
    return root
