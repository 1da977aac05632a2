import conducto as co
import helper


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec(f"curl {helper.url()}")
    return root
