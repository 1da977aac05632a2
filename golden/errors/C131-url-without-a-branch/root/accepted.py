import conducto as co


def run():
    root = co.Serial(image=co.Image("gcc:14", copy_url="https://example.com/app.git", copy_branch="main"))
    root["Build"] = co.Exec("make")
    return root
