import conducto as co


def compiler(folder):
    return co.Image("gcc:14", copy_dir=folder)  # fault: folder
