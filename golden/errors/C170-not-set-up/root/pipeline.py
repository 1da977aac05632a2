import conducto as co


def run():
    root = co.Parallel()
    for number in range(int(co.data.pipeline.gets("count"))):  # fault: co.data.pipeline.gets("count")
        root[str(number)] = co.Exec(f"echo {number}")
    return root
