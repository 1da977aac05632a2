import conducto as co

print(RuntimeError("no such luck"))


def run():
    return co.Exec("make")
