"""Groups in groups, built in every way: by assignment, by path, by function, and inside `with`."""

import conducto as co


def checks(folder: str) -> co.Parallel:
    both = co.Parallel()
    both["lint"] = co.Exec(f"echo lint {folder}")
    both["types"] = co.Exec(f"echo check the types of {folder}")
    return both


with co.Serial() as release:
    with co.Parallel(name="Prepare"):
        co.Exec("echo fetch the sources", name="Fetch")
        with co.Serial(name="Tools"):
            co.Exec("echo install a compiler", name="Compiler")
            co.Exec("echo install a linker", name="Linker")
    release["Check"] = co.Parallel()
    release["Check/server"] = checks("server")
    release["Check/client"] = checks("client")
    with co.Serial(name="Ship"):
        co.Exec("echo pack", name="Pack")
        with co.Parallel(name="Upload"):
            for region in ["eu", "us"]:
                co.Exec(f"echo upload to {region}", name=region)
        co.Exec("echo announce", name="Announce")

release["/Ship/Upload/asia"] = co.Exec("echo upload to asia")
