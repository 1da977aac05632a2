import conducto as co


def run():
    root = co.Serial()
    root["Build"] = co.Exec("make model")
    root["Test"] = co.Exec("make test", env={"OUT": "/conducto/data/pipeline/out"})  # fault: co.Exec("make test", env={"OUT": "/conducto/data/pipeline/out"})
    return root
