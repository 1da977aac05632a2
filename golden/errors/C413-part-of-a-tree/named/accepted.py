import conducto as co

run = co.Serial()
tests = co.Parallel()
tests["unit"] = co.Exec("make test")
