"""A tree in which everything is empty or skipped: it compiles to a file that ends done."""

import conducto as co

root = co.Serial()
root["Later"] = co.Parallel()
root["Never"] = co.Serial(skip=True)
root["Never/Deploy"] = co.Exec("echo not yet")
root["Not this"] = co.Exec("echo not this either", skip=True)
