"""Cells of nodes whose turn never comes: what stands behind a failure, in which group, and who forgives it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .cells_turn import parent, under
from .reference import Prediction, predict
from .trees import (
    SKIP,
    SUPPRESS,
    Tree,
    children,
    execute,
    flags,
    hushed,
    idle,
    join,
    kind,
    name,
    parallel,
    renamed,
    serial,
    walk,
)

# The child that failed: an Exec, a group for an Exec of its own, a group for a group in it.
STOPPED_BY = ("exec", "group", "group in group")
# Whether the Serial that stops suppresses errors itself, or only a group above it.
FORGIVEN = ("no", "there", "above")
GROUPS = ("serial", "serial keep_going", "parallel")
# In the Serial that stops, with the failure one level up from it, or behind the first child of such a group, two levels up.
_HUSHED = f"next, all in it {SUPPRESS}"
PLACES = ("next", f"next, {SUPPRESS}", _HUSHED, *(f"in a {group}" for group in GROUPS))
KINDS = ("exec", *GROUPS)


class Behind(NamedTuple):
    """One combination."""

    stopped_by: str
    forgiven: str
    place: str
    kind: str


# Impossible: an Exec with something in it.
BEHINDS = tuple(
    Behind(*parts) for parts in itertools.product(STOPPED_BY, FORGIVEN, PLACES, KINDS) if parts[2:] != (_HUSHED, "exec")
)


class _Stop(NamedTuple):
    """A Serial that stops: its path, what stands behind the failure, and what is known of all that stands there."""

    path: str
    rest: tuple[Tree, ...]
    stopped_by: str
    forgiven: str


def hits(tree: Tree) -> Counter[Behind]:
    """How often a tree hits each cell: by nodes that would run something, a group two nodes, and have a node behind them."""
    nothing, quiet = idle(tree), hushed(tree)
    counts: Counter[Behind] = Counter()
    for stop in _stops(tree):
        todo = [(stop.path, "", stop.rest)]
        while todo:
            path, around, nodes = todo.pop()
            able = [node for node in nodes if join(path, name(node)) not in nothing]
            for index, node in enumerate(able):
                below = join(path, name(node))
                told = kind(node) == "exec" or sum(join(below, name(c)) not in nothing for c in children(node)) > 1
                place = _place(node, around, index, len(able), below in quiet)
                if told and place:
                    counts[Behind(stop.stopped_by, stop.forgiven, place, parent(node))] += 1
                todo.append((below, parent(node), children(node)))
    return counts


def _place(node: Tree, around: str, index: int, count: int, quiet: bool) -> str:
    """The place of one of `count` siblings; "" where it would tell little, as the first in its group or as the last."""
    if index == count - 1 or (around and index == 0):
        return ""
    if around:
        return "" if quiet else f"in a {around}"
    if SUPPRESS in flags(node):
        return f"next, {SUPPRESS}"
    return _HUSHED if quiet else "next"


def _stops(tree: Tree) -> Iterator[_Stop]:
    """The Serials that stop before their last child."""
    expected = predict(tree)
    forgiving: dict[str, str] = {}  # by path, as in FORGIVEN
    for path, node in walk(tree):
        here = "there" if SUPPRESS in flags(node) else forgiving.setdefault(path, "no")
        for child in children(node):
            forgiving[join(path, name(child))] = "no" if here == "no" else "above"
        if path not in expected.reached or SKIP in flags(node) or parent(node) != "serial":
            continue
        at = next((i for i, child in enumerate(children(node)) if _bad(path, child, expected)), None)
        if at is not None:
            below = join(path, name(children(node)[at]))
            yield _Stop(path, children(node)[at + 1 :], _failure(below, children(node)[at], expected), here)


def _bad(path: str, child: Tree, expected: Prediction) -> bool:
    """Whether a child of the node at `path` fails and is not forgiven."""
    return join(path, name(child)) in expected.fails and not flags(child) & {SKIP, SUPPRESS}


def _failure(path: str, node: Tree, expected: Prediction) -> str:
    """What a failed node is, as STOPPED_BY names it."""
    if kind(node) == "exec":
        return "exec"
    inner = next(child for child in children(node) if _bad(path, child, expected))
    return "group" if kind(inner) == "exec" else "group in group"


def branches(forgiven: str) -> list[Tree]:
    """Small trees that between them hit every cell that is forgiven so.

    Each is a Serial that stops, and an exec behind it that shows whether it was done.
    """
    return [_branch(by, forgiven, shape, i) for i, (by, shape) in enumerate(itertools.product(STOPPED_BY, KINDS))]


def _branch(stopped_by: str, forgiven: str, shape: str, variant: int) -> Tree:
    behind = [
        _shape("once", shape, full=True),
        execute("then"),
        _shape("forgiven", shape, SUPPRESS),
        execute("then on"),
    ]
    if shape != "exec":
        quiet = (execute("x", "ok", SUPPRESS), execute("y", "ok", SUPPRESS), execute("z", "ok", SKIP))
        behind += [under(shape, "hushed", quiet), execute("then still")]
    there = [SUPPRESS] if forgiven == "there" else []
    above = [SUPPRESS] if forgiven == "above" else []
    return serial("", (serial("stops", (_failing(stopped_by, variant), *behind), *there), execute("after")), *above)


def _failing(stopped_by: str, variant: int) -> Tree:
    """A node that fails for this reason."""
    bad = execute("bad", "fail")
    if stopped_by == "exec":
        return bad
    if stopped_by == "group":
        return under(GROUPS[variant % 3], "fails", (bad, execute("x")))
    return parallel("fails", (execute("x"), under(GROUPS[variant % 3], "deeper", (execute("y"), bad))))


def _shape(called: str, what: str, *attributes: str, full: bool = False) -> Tree:
    """An exec, or a group of two; a `full` one has every kind between them."""
    if what == "exec":
        return execute(called, "ok", *attributes)
    inner = [_shape(f"a {kind}", kind) for kind in ("serial keep_going", *KINDS)] if full else [execute("x")]
    return under(what, called, (renamed(inner[0], "first"), *inner[1:], execute("last")), *attributes)


def table(counts: Mapping[Behind, int]) -> list[str]:
    """How often each cell was hit: a row per failure, forgiveness and place, a column per kind."""
    widths = [max(6, len(kind)) for kind in KINDS]
    head = " ".join(f"{kind:>{width}}" for kind, width in zip(KINDS, widths, strict=True))
    lines = [f"{'behind a failing':18} {'forgiven':9} {'place':31} {head}"]
    for by, forgiven, place in itertools.product(STOPPED_BY, FORGIVEN, PLACES):
        cells = [Behind(by, forgiven, place, kind) for kind in KINDS]
        row = [counts.get(cell, 0) if cell in BEHINDS else "-" for cell in cells]
        numbers = " ".join(f"{number:>{width}}" for number, width in zip(row, widths, strict=True))
        lines.append(f"{by:18} {forgiven:9} {place:31} {numbers}")
    return lines
