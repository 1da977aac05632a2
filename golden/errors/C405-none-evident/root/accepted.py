import conducto as co


def run():
    return co.Exec("make")


def test():
    return co.Exec("make test")


if __name__ == "__main__":
    co.main(default=run)
