import conducto as co


def secret(number):
    return co.Secret(number)  # fault: number
