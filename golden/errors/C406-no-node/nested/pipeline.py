import functools

import conducto as co


def noted(function):
    @functools.wraps(function)
    def call(*words, **named):
        return function(*words, **named)

    return call


@noted
def run(count=2):  # fault: run
    root = co.Serial()
    root["Build"] = co.Exec("make")
    return [root] * count
