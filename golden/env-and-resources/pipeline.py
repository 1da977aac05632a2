"""Attributes are inherited: env key by key, of the others the nearest value."""

import conducto as co


def run() -> co.Serial:
    root = co.Serial(image="alpine:3.20", cpu=1, mem=0.5, env={"LOG_LEVEL": "info", "REGION": "eu-west-1"})
    root["Inherits"] = co.Exec("echo $LOG_LEVEL in $REGION")
    root["Train"] = co.Parallel(cpu=4, mem=16, env={"LOG_LEVEL": "debug"}, doc="The part that needs a large machine.")
    root["Train/small"] = co.Exec("echo $LOG_LEVEL on a quarter of it", cpu=0.25, mem=1)
    root["Train/large"] = co.Exec("echo $LOG_LEVEL with a GPU", gpu=1, image="python:3.13-slim")
    root["Report"] = co.Exec(
        "echo $LOG_LEVEL, $GREETING",
        env={"GREETING": "it's $5 {{x}} ${{ y }}", "LOG_LEVEL": ""},
        doc="Values are literal: nothing in them is expanded.",
    )
    return root
