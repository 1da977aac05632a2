import conducto as co

run = co.Serial()
tests = run["Test"] = co.Parallel()  # fault: co.Parallel()
tests["unit"] = co.Exec("make test")
