import helper

import conducto as co

if __name__ == "__main__":
    helper.root = co.Serial()
    co.main(default=helper.run)
