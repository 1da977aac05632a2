import conducto as co


def run():
    root = co.Serial()
    root["Test"] = co.Parallel()
    root["Test/unit"] = co.Exec("make unit")
    root["Test/unit"].on_error(co.callback.retry(3))
    return root
