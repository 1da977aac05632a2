import conducto as co


def test(cpu):
    node = co.Parallel(cpu=cpu)
    node["unit"] = co.Exec("make unit")  # fault: co.Exec("make unit")
    return node
