"""Failures that do not count, and nodes that are left out."""

import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["Lint"] = co.Exec("echo some style; exit 3", suppress_errors=True)
    root["Test"] = co.Parallel()
    root["Test/quick"] = co.Exec("echo quick tests")
    root["Test/slow"] = co.Exec("echo slow tests", skip=True)
    root["Test/flaky"] = co.Serial(suppress_errors=True)
    root["Test/flaky/try"] = co.Exec("echo no luck today; false")
    root["Test/flaky/report"] = co.Exec("echo not reached: what a failure stopped stays stopped")
    root["Docs"] = co.Serial(skip=True)
    root["Docs/build"] = co.Exec("echo build the docs")
    root["Docs/upload"] = co.Exec("echo upload the docs")
    root["Ship"] = co.Exec("echo ship it")
    return root
