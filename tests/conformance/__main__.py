"""`python -m tests.conformance TARGET --count N --seed S`: many random trees, really run, against the reference."""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Sequence

from . import hunt
from .cells import covering, table
from .job import Job, plain
from .mutants import MUTANTS
from .observe import Run
from .runner import MODULES, Runner, anonymous, load, outcomes
from .strategy import sample


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; 1 on any difference or surviving mutant, else 0."""
    options = _options(argv)
    runner = load(options.target)
    print(f"{runner.name}: seed {options.seed}", flush=True)
    trees = sample(options.count, options.seed)
    named = [(f"tree {i} of seed {options.seed}", plain(tree)) for i, tree in enumerate(trees)]
    if options.cells:
        cells = covering()
        named = [(f"covering tree {i}", plain(tree)) for i, tree in enumerate(cells)] + named
        trees = cells + trees
    different = _compare(runner, named, options.jobs)
    if options.cells:
        print(table(trees))
    survivors = _mutants(runner, options.count, options.seed) if options.mutants else 0
    print(f"{runner.name}: {len(named)} trees ran, {different} differences, seed {options.seed}")
    return 1 if different or survivors else 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("target", choices=sorted(MODULES))
    parser.add_argument("--count", type=int, default=100, help="random trees (100)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help="of the trees (a fresh one)")
    parser.add_argument("--jobs", type=int, default=0, help="trees at once (what suits the target)")
    parser.add_argument("--cells", action="store_true", help="first the trees that cover every cell; print the table")
    parser.add_argument("--mutants", action="store_true", help="then hunt each mutant with the same trees")
    return parser.parse_args(argv)


def _compare(runner: Runner, named: Sequence[tuple[str, Job]], size: int) -> int:
    """Run the trees and print what is wrong; the number of those that differ."""
    different, begun = 0, time.monotonic()
    results = outcomes(runner, [job for _, job in named], size)
    for number, (_, run, complaints) in enumerate(results, 1):
        if complaints:
            different += 1
            _show(named[number - 1][0], run, complaints)
        if number % 50 == 0:
            print(f"{number} of {len(named)}, {different} differences, {time.monotonic() - begun:.0f} s", flush=True)
    return different


def _show(label: str, run: Run, complaints: Sequence[str]) -> None:
    """The complaints about a tree, and the whole pipeline file that was run."""
    print(f"==== {label}", *complaints, "---- the pipeline", anonymous(run).source, "---- the events", sep="\n")
    print(*(f"{event:5} {path}" for event, path in run.events), f"status {run.status}", sep="\n", flush=True)


def _mutants(runner: Runner, count: int, seed: int) -> int:
    """Hunt every mutant and print the table; the number of survivors."""
    jobs, alive = hunt.candidates(sample(count, seed), seed), 0
    for mutant in MUTANTS:
        catch = hunt.hunt(runner, mutant, jobs)
        alive += catch is None
        said = f"caught by {catch.label} (tried {catch.tried}): {catch.complaints[0]}" if catch else "SURVIVED"
        print(f"{mutant:48} {said}", flush=True)
    print(f"{len(MUTANTS)} mutants, {alive} survivors")
    return alive


if __name__ == "__main__":
    sys.exit(main())
