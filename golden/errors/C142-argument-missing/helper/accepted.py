import conducto as co
import helper


def run():
    return helper.good(co.Serial(image=co.Image(copy_dir=".")))
