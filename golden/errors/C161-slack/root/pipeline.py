import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec("true")
    co.slack.text("#a", "done")  # fault: co.slack.text
    return root
