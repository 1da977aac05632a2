"""What older files import: local paths in commands, a notebook, a function's own text for a doc, nodes by their dates."""

import datetime

import conducto as co


def run() -> co.Serial:
    """Reads *files* of this folder."""
    root = co.Serial(image=co.Image(copy_dir="."), doc=co.util.magic_doc(doc_only=True))
    root["Count"] = co.Exec(f"wc -l {co.relpath('data/some numbers.csv')} \"{co.relpath('data/some numbers.csv')}\"")
    # The cell that is tagged `parameters` is given other values.
    root["Fit"] = co.Notebook("fit.ipynb", rounds=3, who="it's me", params=co.Params(doc=co.util.magic_doc(comment=True)))
    root["Elsewhere"] = co.Exec(f"cat {co.relpath('data')}/*", image=co.Image("alpine", path_map={"data": "/data"}))
    root["Days"] = co.Parallel()
    days = [datetime.date(2020, 1, 25) + datetime.timedelta(days=number) for number in range(2)]
    for node, day in co.util.makenestednodes(root["Days"], days, lambda number, day, days: f"{day.year}/{day}"):
        node[str(day)] = co.Exec(read, co.relpath("data/some numbers.csv"), day, params=co.Params(doc=co.util.magic_doc(func=read)))
    return root


def read(path: str, day: datetime.date) -> None:
    """Reads what is of one day."""
    print(path, day, sep="\n")
