import helper

import conducto as co


def run():
    root = co.Serial(image=co.Image("alpine:3.20", name="tools"))
    root["Build"] = co.Exec("make")
    root["Test"] = helper.test("tools2")
    return root
