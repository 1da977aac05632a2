import conducto as co


def run():
    return co.Exec("printf 'a\\0b'; printf 'a\\0b'")
