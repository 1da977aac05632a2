"""`python -m tests.coverage`: write docs/coverage.md. With `--check` only say whether it is as it should be; with `--prove` run
each cell that is `exact`, as it stands and without its attribute, on the targets named (all three if none is).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.coverage import page, probe
from tests.coverage.cells import ATTRIBUTES, BUILT, CELLS
from tests.coverage.probe import EXACT, REFUSED, TARGETS, Compiler
from tests.coverage.run import Golden, another_repository


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.coverage", description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit with 1 if the page is not what this would write")
    parser.add_argument("--prove", nargs="*", choices=TARGETS, metavar="TARGET", help="run the cells of these targets")
    options = parser.parse_args()
    if options.prove is not None:
        return sum(_prove(target) for target in options.prove or TARGETS) and 1
    text = page.text()
    if options.check:
        stale = not page.FILE.exists() or page.FILE.read_text(encoding="utf-8") != text
        print(f"{page.FILE.name} is stale: python -m tests.coverage" if stale else f"{page.FILE.name} is as it should be")
        return int(stale)
    page.FILE.write_text(text, encoding="utf-8")
    return 0


def _prove(target: str) -> int:
    """How many cells of a target are empty, each told with what was seen."""
    empty = proved = 0
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="coverage-", ignore_cleanup_errors=True) as base, another_repository() as url:
        for example in (ATTRIBUTES, BUILT):
            compiler = Compiler(probe.scratch(Path(base, example, "states"), example))
            cells = [cell for cell in CELLS.values() if cell.example == example]
            exact = [cell for cell in cells if compiler.state(target, cell)[0] == EXACT]
            if not exact or any(compiler.state(target, cell)[0] == REFUSED for cell in cells if example == BUILT):
                continue
            golden = Golden(Path(base, example), example, target)
            stands, without = golden.as_it_stands(url), golden.without(url)
            for cell in exact:
                there, gone = cell.sees(stands.of(cell)), cell.sees(without.of(cell))
                proved += there and not gone
                if not there or gone:
                    empty += 1
                    why = "is seen without it, too" if gone else "is not seen"
                    print(f"{target}: {cell.name} {why}\n  with: {stands.of(cell)}\n  without: {without.of(cell)}")
    print(f"{target}: {proved} cells proved, {empty} empty, {time.monotonic() - begun:.0f} s")
    return empty


if __name__ == "__main__":
    sys.exit(main())
