import helper

import conducto as co

if __name__ == "__main__":
    co.main(default=helper.run)
