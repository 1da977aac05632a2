"""A Serial that goes on after a failure, for what must happen anyway: and then fails."""

import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["Test"] = co.Serial(stop_on_error=False)
    root["Test/Start"] = co.Exec("echo start a database")
    root["Test/Use"] = co.Serial()
    root["Test/Use/Load"] = co.Exec("echo load; false")
    root["Test/Use/Query"] = co.Exec("echo not reached: the Serial Use stops at its first failure")
    root["Test/Stop"] = co.Exec("echo stop the database, whatever happened")
    root["Publish"] = co.Exec("echo not reached: Test has failed")
    return root
