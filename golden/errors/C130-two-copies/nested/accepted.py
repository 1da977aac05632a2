import conducto as co


def run():
    with co.Serial() as root:
        with co.Parallel(name="Test"):
            image = co.Image("gcc:14", copy_dir="src", copy_repo=False)
            co.Exec("make test", name="unit", image=image)
    return root
