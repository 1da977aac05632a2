import conducto as co


def url() -> str:
    return str(co.api.Config().get_url())  # fault: co.api.Config
