"""What depth costs: one tree of some levels and one of twice as many are built, walked, resolved, lowered and deleted.

`python -m tests.benchmarks.depth` measures both in turn, each time in a process of its own, and prints for each step the
median and the extremes of the ratio of CPU seconds, and the ratio of peak memory. The goal is 2.3 at most for each whole.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import conducto as co
from conducto.diagnostics import Report
from conducto.ir import check, lower
from tests import plans

LEVELS, GOAL = 10_000, 2.3
#: Python frames that a user's program may use up before it meets ours.
FRAMES = 150
#: Told the name of each step when it has ended.
Done = Callable[[str], None]


@contextlib.contextmanager
def few_frames(more: int = FRAMES) -> Iterator[None]:
    """Room for so many more frames on Python's stack than there are."""
    frame, base = sys._getframe(), 0
    while frame is not None:
        frame, base = frame.f_back, base + 1  # type: ignore[assignment]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(base + more)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


# --- a tree of many levels ------------------------------------------------------------------------------------------------


def _group(level: int, name: str | None = None) -> co.Node:
    """A group that hands something down, and an Exec in it that is no deeper than it has to be."""
    own = ({}, {"cpu": 1}, {"env": {"LEVEL": str(level)}}, {"image": f"image:{level % 5}"})[level % 4]
    group: co.Node = (co.Serial, co.Parallel)[level % 2](name=name, **own)
    group["leaf"] = co.Exec(f"echo {level}")
    return group


def from_the_top(levels: int) -> co.Node:
    """Each group assigned into the one before."""
    root = node = _group(0)
    for level in range(1, levels - 1):
        node["n"] = inner = _group(level)
        node = inner
    return root


def from_the_bottom(levels: int) -> co.Node:
    """Each group given the one before, and the root of the whole asked for at each step."""
    node = leaf = _group(levels - 2)
    for level in reversed(range(levels - 2)):
        upper = _group(level)
        upper["n"] = node
        node = upper
        assert leaf.root is node
    return node


def by_with(levels: int) -> co.Node:
    """Each group made inside the `with` of the one before."""
    with contextlib.ExitStack() as stack:
        root = stack.enter_context(_group(0))
        for level in range(1, levels - 1):
            stack.enter_context(_group(level, "n"))
    return root


BUILDERS = {"top": from_the_top, "bottom": from_the_bottom, "with": by_with}


def walk(root: co.Node, levels: int) -> None:
    """Look at every node, in both directions, and at the deepest in every way that there is."""
    forth, back = list(root.stream()), list(root.stream(reverse=True))
    assert len(forth) == 2 * (levels - 1)
    assert {*map(id, forth)} == {*map(id, back)}
    deepest = root["n/" * (levels - 2) + "leaf"]
    assert deepest.path == "/" + "n/" * (levels - 2) + "leaf"
    assert deepest.root is root
    assert deepest.path in root
    assert deepest.get_inherited_attribute("env") == {"LEVEL": str(levels - 2 - levels % 4)}


def live(levels: int, done: Done = lambda step: None, build: Callable[[int], co.Node] = from_the_top) -> None:
    """The life of a tree of so many levels, root and leaf counted: all that is done with it but to print it."""
    root = build(levels)
    done("build")
    walk(root, levels)
    done("walk")
    tree = plans.tree(root)
    done("resolve")
    plan = lower.lower(tree, plans.ORIGIN, {}, Report())
    assert check.complaints(plan) == []
    assert plan.tree.depths()[-1] <= max(plan.tree.depths()) == levels
    assert plan.graph(leaves=True).number_of_nodes() == 3 * (levels - 1)
    done("lower")
    del root, tree, plan
    gc.collect()
    done("delete")


# --- measured -------------------------------------------------------------------------------------------------------------


def seconds(levels: int) -> dict[str, float]:
    """The CPU seconds of each step."""
    found: dict[str, float] = {}
    begun = time.process_time()

    def done(step: str) -> None:
        nonlocal begun
        found[step] = time.process_time() - begun
        begun = time.process_time()

    live(levels, done)
    return {**found, "whole": sum(found.values())}


def peaks(levels: int) -> dict[str, float]:
    """The most bytes that there were at once in each step, beyond those before the first; and those `left` at the end."""
    found: dict[str, float] = {}
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]

    def done(step: str) -> None:
        found[step] = tracemalloc.get_traced_memory()[1] - before
        tracemalloc.reset_peak()

    live(levels, done)
    left = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return {**found, "whole": max(found.values()), "left": left}


MEASURES = {"seconds": seconds, "bytes": peaks}


def _apart(measure: str, levels: int) -> dict[str, float]:
    """A measure, taken in a new process."""
    words = [sys.executable, "-m", "tests.benchmarks.depth", "--once", measure, "--levels", str(levels)]
    done = subprocess.run(words, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _table(levels: int, rounds: int) -> Iterator[str]:
    pairs = [(_apart("seconds", levels), _apart("seconds", 2 * levels)) for _ in range(rounds)]
    small, large = _apart("bytes", levels), _apart("bytes", 2 * levels)
    yield f"{2 * levels:,} levels against {levels:,}: medians of {rounds} rounds (least-most); the goal is {GOAL}"
    yield f"{'step':9}{'CPU s':>18}{'ratio':>20}{'peak MB':>18}{'ratio':>8}"
    for step in pairs[0][0]:
        ratios = [more[step] / less[step] for less, more in pairs]
        times = " ".join(f"{statistics.median(pair[n][step] for pair in pairs):8.3f}" for n in (0, 1))
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
        memory = f"{small[step] / 1e6:8.1f} {large[step] / 1e6:8.1f}"
        yield f"{step:9}{times:>18}{spread:>20}{memory:>18}{large[step] / small[step]:8.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.depth", description=__doc__)
    parser.add_argument("--levels", type=int, default=LEVELS, help="of the smaller tree")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--once", choices=MEASURES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        live(50)  # whatever is loaded and kept once
        with few_frames():
            print(json.dumps(MEASURES[given.once](given.levels)))
        return
    for line in _table(given.levels, given.rounds):
        print(line)


if __name__ == "__main__":
    main()
