import conducto as co
import helper


def run():
    return helper.bad(co.Serial(image=co.Image(copy_dir=".")))
