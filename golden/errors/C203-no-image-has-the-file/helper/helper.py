import conducto as co


def build(n: int) -> None:
    print(n)


def good(node):
    node["unit"] = co.Exec(build, 1)
    return node


def bad(node):
    node["unit"] = co.Exec(build, 1, params=co.Params(image=co.Image("alpine:3.20")))  # fault: co.Exec(build, 1, params=co.Params(image=co.Image("alpine:3.20")))
    return node
