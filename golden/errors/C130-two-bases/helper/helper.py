import conducto as co

NAMED = co.Image("gcc:14", name="compiler")


def __getattr__(name):
    if name == "IMAGE":
        return co.Image(
            "gcc:14",
            dockerfile="Dockerfile",  # fault: dockerfile="Dockerfile"
        )
    raise AttributeError(name)
