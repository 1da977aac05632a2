"""`python -m tests.conformance TARGET --count N --seed S`: many random trees, really run, against the reference."""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Iterable, Sequence

from . import attributed, bundle, hunt, lazily, mutants_attributes, mutants_lazy, strategy_lazy, together
from .cells import covering, table
from .job import Job, plain
from .mutants import MUTANTS
from .observe import Run
from .runner import MODULES, Runner, anonymous, load, outcomes
from .strategy import CI_COUNT, CI_SEED, sample
from .trees import Tree
from .written_trees import TREES

# With how many trees each attribute that a target takes must have run, for a table that says something.
_OFTEN = 20


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; 1 on any difference or surviving mutant, else 0."""
    options = _options(argv)
    runners = [load(name) for name in options.target]
    if options.mutants and (options.attributes or options.lazy):
        kind = mutants_lazy if options.lazy else mutants_attributes
        caught = {runner.name: kind.hunt(runner) for runner in runners}
        print(mutants_attributes.table(caught, kind.WRONG))
        return 0 if all(complaints for found in caught.values() for complaints in found.values()) else 1
    if options.mutants:
        return _mutants(runners, options.count, options.seed)
    if options.lazy:
        return max(_lazy(runner, options) for runner in runners)
    if options.attributes:
        return _attributes(runners, options)
    return max(_trees(runner, options) for runner in runners)


def _attributes(runners: Sequence[Runner], options: argparse.Namespace) -> int:
    """Random trees with attributes, and a table of these; 1 on any difference."""
    tallies = {runner.name: attributed.Tally() for runner in runners}
    for runner in runners:
        print(f"{runner.name}: seed {options.seed}", flush=True)
        tally, begun = tallies[runner.name], time.monotonic()
        for label, job, run, complaints in attributed.campaign(runner, options.count, options.seed, options.jobs):
            tally.note(job.tree, run, complaints)
            if complaints:
                _show(label, run, complaints)
            if (tally.ran + tally.refused) % 50 == 0:
                print(f"{tally.summary()}, {time.monotonic() - begun:.0f} s", flush=True)
    print(attributed.table(tallies))
    for name, tally in tallies.items():
        print(
            f"{name}: fewer than {_OFTEN} trees ran with: {', '.join(attributed.rare(tally, name, _OFTEN)) or 'none'}"
        )
    return 1 if any(tally.different for tally in tallies.values()) else 0


def _trees(runner: Runner, options: argparse.Namespace) -> int:
    """Random trees, and those that cover every cell where they are asked for; 1 on any difference."""
    print(f"{runner.name}: seed {options.seed}", flush=True)
    trees = sample(options.count, options.seed)
    named = [(f"tree {i} of seed {options.seed}", plain(tree)) for i, tree in enumerate(trees)]
    if options.cells:
        cells = covering()
        named = [(f"covering tree {i}", plain(tree)) for i, tree in enumerate(cells)] + named
        trees = cells + trees
    if options.written:
        named = [(label, plain(tree)) for label, tree in written_trees()] + named
    different = _compare(runner, named, options.jobs)
    if options.cells:
        print(table(trees))
    print(f"{runner.name}: {len(named)} trees ran, {different} differences, seed {options.seed}")
    return 1 if different else 0


def written_trees() -> list[tuple[str, Tree]]:
    """Most as branches of a few large trees; alone those that are about a root, and the names that a root may not have."""
    alone = [(written.title, written.tree) for written in TREES if not bundle.fits(written.tree)]
    branches = [bundle.branch(written.title, written.tree) for written in TREES if bundle.fits(written.tree)]
    return [*alone, *(("written trees", tree) for tree in bundle.bundles(branches))]


def _lazy(runner: Runner, options: argparse.Namespace) -> int:
    """Random trees of which parts are generated while they run; 1 on any difference."""
    print(f"{runner.name}: seed {options.seed}", flush=True)
    numbers = range(options.start, options.start + options.count)
    trees = [strategy_lazy.tree(runner.name, options.seed, number, options.attributes) for number in numbers]
    named = [
        (f"tree {number} of seed {options.seed}", plain(tree)) for number, tree in zip(numbers, trees, strict=True)
    ]
    jobs = [job for _, job in named]
    different = _compared(named, together.outcomes(runner, jobs, at_once=options.jobs or 1))
    print(lazily.table(trees))
    print(f"{runner.name}: {len(named)} trees with Lazies ran, {different} differences, seed {options.seed}")
    return 1 if different else 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("target", nargs="+", choices=sorted(MODULES))
    parser.add_argument("--count", type=int, help=f"random trees (100; for --mutants {CI_COUNT}, as CI has)")
    parser.add_argument("--seed", type=int, help=f"of the trees (a fresh one; for --mutants {CI_SEED}, as CI has)")
    parser.add_argument("--jobs", type=int, default=0, help="trees at once (what suits the target)")
    parser.add_argument("--start", type=int, default=0, help="with --lazy: the first tree of the seed that is run (0)")
    parser.add_argument("--cells", action="store_true", help="first the trees that cover every cell; print the table")
    parser.add_argument(
        "--written", action="store_true", help="first the trees that were written from the semantics alone"
    )
    parser.add_argument("--attributes", action="store_true", help="trees with attributes, and a table of these")
    parser.add_argument("--lazy", action="store_true", help="trees of which parts are generated while they run")
    parser.add_argument("--mutants", action="store_true", help="instead hunt each mutant; print a table of all targets")
    options = parser.parse_args(argv)
    count, seed = (CI_COUNT, CI_SEED) if options.mutants else (100, secrets.randbelow(10**9))
    options.count = count if options.count is None else options.count
    options.seed = seed if options.seed is None else options.seed
    return options


def _compare(runner: Runner, named: Sequence[tuple[str, Job]], size: int) -> int:
    """Run the trees and print what is wrong; the number of those that differ."""
    return _compared(named, outcomes(runner, [job for _, job in named], size))


def _compared(named: Sequence[tuple[str, Job]], results: Iterable[tuple[Job, Run, list[str]]]) -> int:
    """Print what is wrong with the jobs; the number of those that differ."""
    different, begun = 0, time.monotonic()
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
    print(
        *(f"refused: {refusal}" for refusal in run.refused),
        *(f"saw   {path}: {sight}" for path, sight in run.saw),
        sep="\n",
    )
    print(*(f"{event:5} {path}" for event, path in run.events), f"status {run.status}", sep="\n")
    print("---- the target", anonymous(run).said, sep="\n", flush=True)


def _mutants(runners: Sequence[Runner], count: int, seed: int) -> int:
    """Hunt every mutant on every target and print the table; 1 if any survived."""
    jobs = hunt.candidates(sample(count, seed), seed)
    caught = {runner.name: hunt.hunt(runner, MUTANTS, jobs) for runner in runners}
    print(hunt.table(caught))
    return 1 if any(None in found.values() for found in caught.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
