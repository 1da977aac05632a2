"""`python -m tests.coverage`: write docs/coverage.md. With `--check` only say whether it is as it should be; with `--prove` run
each cell that is `exact`, as it stands and without its attribute, on the targets named (all three if none is).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.built import OURS
from tests.coverage import page
from tests.coverage.cells import EXAMPLES
from tests.coverage.run import Golden, another_repository, seen


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.coverage", description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit with 1 if the page is not what this would write")
    parser.add_argument("--prove", nargs="*", choices=OURS, metavar="TARGET", help="run the cells of these targets")
    options = parser.parse_args()
    if options.prove is not None:
        return sum(_prove(target) for target in options.prove or OURS) and 1
    text = page.text()
    if options.check:
        stale = not page.FILE.exists() or page.FILE.read_text(encoding="utf-8") != text
        print(
            f"{page.FILE.name} is stale: python -m tests.coverage" if stale else f"{page.FILE.name} is as it should be"
        )
        return int(stale)
    page.FILE.write_text(text, encoding="utf-8")
    return 0


def _prove(target: str) -> int:
    """How many cells of a target are empty, each told with what was seen."""
    empty = proved = 0
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="coverage-", ignore_cleanup_errors=True) as base,
        another_repository() as url,
    ):
        for example in EXAMPLES:
            golden = Golden(Path(base, example), example, target, url)
            exact = golden.exact
            if not exact:
                continue
            stands, without = golden.as_it_stands(), golden.without(exact)
            for cell in exact:
                found, lost = seen(stands, cell), seen(without, cell)
                if cell.sees(found) and not cell.sees(lost):
                    proved += 1
                    continue
                empty += 1
                why = "is seen without it, too" if cell.sees(lost) else "is not seen"
                print(f"{target}: {cell.name} {why}\n  with: {found}\n  without: {lost}")
    print(f"{target}: {proved} cells proved, {empty} empty, {time.monotonic() - begun:.0f} s")
    return empty


if __name__ == "__main__":
    sys.exit(main())
