import conducto as co


def run():
    return co.Exec("make", cpu=3)


if __name__ == "__main__":
    co.main(cpu=2)  # fault: 2
