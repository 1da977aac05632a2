import conducto as co


def run():
    code = co.Image("alpine:3.20", copy_url="https://example.org/{{name}}.git", copy_branch="main")
    root = co.Serial(image=code)
    root["Build"] = co.Exec("make")  # fault: co.Exec("make")
    return root
