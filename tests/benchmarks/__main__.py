"""`python -m tests.benchmarks`: measure everything side by side, keep the rounds in tests/benchmarks/rounds, and write
docs/performance.md from them. With `--page` only the page is written, from the rounds that are there; with `--check` nothing,
and the exit status is 1 if the page is not what they give.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.benchmarks import measure, page

SIZES = [100, 1_000, 10_000, 100_000, 1_000_000]


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--page", action="store_true", help="measure nothing")
    parser.add_argument("--check", action="store_true", help="exit with 1 if the page is not what this would write")
    parser.add_argument("--suite", action="append", choices=measure.SUITES, help="measure this one alone")
    parser.add_argument("--rounds", type=int, default=5, help="three of trees with 1,000,000 Execs")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="EXECS", help="of the trees")
    parser.add_argument(
        "--more", action="store_true", help="add to the rounds that are there: other sizes, or rounds after them"
    )
    given = parser.parse_args()
    if not (given.page or given.check):
        measure.assert_alike()
        for suite in given.suite or measure.SUITES:
            _measure(suite, given.sizes, given.rounds, given.more)
    text = page.text(measure.kept())
    if given.check:
        return int(not page.FILE.exists() or page.FILE.read_text(encoding="utf-8") != text)
    page.FILE.write_text(text, encoding="utf-8")
    return 0


def _measure(suite: str, sizes: list[int], rounds: int, more: bool) -> None:
    """The rounds of a suite; what is there after each is kept, as a large one takes long."""
    found = measure.kept()[suite]["rounds"] if more else []
    for number in range(1 if suite == "edges" else rounds):
        begun = time.monotonic()
        new = measure.SUITES[suite](sizes, number)
        found[number:] = [{**found[number], **new} if number < len(found) else new, *found[number + 1 :]]
        measure.keep(suite, found)
        print(f"{suite}: round {number + 1} of {rounds} took {time.monotonic() - begun:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
