import conducto as co


def test(name):
    return co.Exec("make test", image_name=name)  # fault: name
