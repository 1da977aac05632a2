"""The reference interpreter: what a tree must do, and whether a run did it.

Written from the meaning of a tree alone; it knows no compiler and no target.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from .observe import UNTAKEN, Run
from .trees import (
    KEEP_GOING,
    LAZY,
    SKIP,
    SUPPRESS,
    Tree,
    behaviour,
    children,
    execs,
    flags,
    fold,
    join,
    kind,
    name,
    walk,
)

#: "A Generate that prints no pipeline, two, or a bad one, is a failure."
FAILING = frozenset({"fail", "kill", "exit126", "exit127", "exit255", *UNTAKEN})


@dataclass(frozen=True)
class Prediction:
    """What a run must show; every set holds paths."""

    status: str  # of the root: "done" or "failed"
    starts: frozenset[str]  # execs whose command is started
    ends: frozenset[str]  # execs whose command comes to its last line
    reached: frozenset[str]  # nodes whose turn comes: they run, or are skipped
    fails: frozenset[str]  # nodes that end failed if they are run, their own skip and suppress_errors set aside


def predict(tree: Tree) -> Prediction:
    """What the tree must do."""
    fails: set[str] = set()
    bad: set[str] = set()  # counts as failed for its parent
    for path, node in reversed(list(walk(tree))):
        # Under stop_on_error too: of the children that would fail, the first one is always reached.
        below = any(join(path, name(child)) in bad for child in _generated(path, node, fails))
        if below or behaviour(node) in FAILING:
            fails.add(path)
            if not flags(node) & {SKIP, SUPPRESS}:
                bad.add(path)

    reached: set[str] = set()
    starts: set[str] = set()
    ends: set[str] = set()
    todo = [("/", tree)]
    while todo:
        path, node = todo.pop()
        reached.add(path)
        if SKIP in flags(node):
            continue
        if kind(node) == "exec":
            starts.add(path)
            if behaviour(node) != "kill":
                ends.add(path)
        stops = kind(node) == "serial" and KEEP_GOING not in flags(node)
        for child in _generated(path, node, fails):
            todo.append((join(path, name(child)), child))
            if stops and join(path, name(child)) in bad:
                break
    status = "failed" if "/" in bad else "done"
    return Prediction(status, frozenset(starts), frozenset(ends), frozenset(reached), frozenset(fails))


def _generated(path: str, node: Tree, fails: set[str]) -> tuple[Tree, ...]:
    """The children of a node; of a Lazy whose first child makes nothing, as it is skipped or fails, that one alone."""
    first, *rest = children(node) or ((),)
    if LAZY in flags(node) and (SKIP in flags(first) or join(path, name(first)) in fails):
        return (first,)
    return (first, *rest) if first else ()


def order(tree: Tree) -> frozenset[tuple[str, str]]:
    """All pairs (a, b) of started execs where a must have ended before b starts (quadratic: for small trees)."""
    starts = predict(tree).starts
    pairs: set[tuple[str, str]] = set()

    def below(path: str, node: Tree, parts: list[list[str]]) -> list[str]:
        earlier: list[str] = []
        for part in parts:
            if kind(node) == "serial":
                pairs.update((a, b) for a in earlier for b in part)
            earlier = earlier + part
        return [path] if path in starts else earlier

    fold(tree, below)
    return frozenset(pairs)


def check(tree: Tree, run: Run) -> list[str]:
    """What is wrong with the run, one line each; empty if it is what the tree means."""
    if run.error:
        return [f"could not be run: {run.error}"]
    expected = predict(tree)
    complaints = []
    if run.status != expected.status:
        complaints.append(f"status is {run.status}, must be {expected.status}")
    for kind_, wanted in (("start", expected.starts), ("end", expected.ends)):
        seen = Counter(path for event, path in run.events if event == kind_)
        known = execs(tree)
        complaints += [
            f"{path}: {seen[path]} times a {kind_}, must be {int(path in wanted)}"
            for path in known + sorted(seen.keys() - set(known))
            if seen[path] != (path in wanted)
        ]
    complaints += [f"{path}: left a process behind" for path in run.left]
    return complaints + _disorder(tree, run)


@dataclass
class _Span:
    """When a subtree was active: positions in the run's events, and whose they are."""

    first: tuple[int, str]
    last: tuple[int, str]


def _disorder(tree: Tree, run: Run) -> list[str]:
    """Complaints about stages of a Serial that overlap; linear in the tree (a witness per stage, not every pair)."""
    begin: dict[str, int] = {}
    finish: dict[str, int] = {}  # a killed command has no end: its start stands for it
    complaints = []
    for position, (event, path) in enumerate(run.events):
        if event == "end" and path not in begin:
            complaints.append(f"{path}: ended before it started")
        begin.setdefault(path, position)
        finish[path] = position

    def span(path: str, node: Tree, parts: list[_Span | None]) -> _Span | None:
        if path in begin:
            return _Span((begin[path], path), (finish[path], path))
        whole: _Span | None = None
        for part in parts:
            if part is None:
                continue
            if whole is None:
                whole = part
                continue
            if kind(node) == "serial" and part.first[0] < whole.last[0]:
                complaints.append(f"{part.first[1]}: started before {whole.last[1]} ended")
            whole = _Span(min(whole.first, part.first), max(whole.last, part.last))
        return whole

    fold(tree, span)
    return complaints
