import conducto as co


def flaky(times):
    return co.Exec("make test", retries=times - 1)  # fault: times - 1
