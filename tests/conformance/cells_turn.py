"""Cells of nodes whose turn comes: what stands where under which parent, and whether it fails."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .reference import predict
from .trees import KEEP_GOING, SKIP, SUPPRESS, Tree, children, execute, flags, join, kind, name, parallel, serial, walk

PARENTS = ("serial", "serial keep_going", "parallel")
ATTRIBUTES = ("none", SKIP, SUPPRESS)
KINDS = ("exec", "serial", "parallel", "empty group")
POSITIONS = ("first", "middle", "last")


class Turn(NamedTuple):
    """One combination."""

    parent: str
    attribute: str
    kind: str
    position: str
    fails: bool  # what stands below the attribute: a skipped exec fails if its command would


class Combination(NamedTuple):
    """What stands in a position: a cell without its parent and position."""

    attribute: str
    kind: str
    fails: bool


# Impossible: an empty group has nothing that could fail.
COMBINATIONS = tuple(
    Combination(*parts)
    for parts in itertools.product(ATTRIBUTES, KINDS, (False, True))
    if parts[1:] != ("empty group", True)
)
TURNS = tuple(Turn(p, c.attribute, c.kind, at, c.fails) for p in PARENTS for c in COMBINATIONS for at in POSITIONS)


def hits(tree: Tree) -> Counter[Turn]:
    """How often a tree hits each cell: by nodes with siblings, and with at most one attribute.

    A failure that is set aside is seen only where the parent does not fail anyway.
    """
    expected = predict(tree)
    counts: Counter[Turn] = Counter()
    for path, node in walk(tree):
        siblings = children(node)
        if len(siblings) < 2:
            continue  # an only child is neither first nor last of anything
        for index, child in enumerate(siblings):
            below = join(path, name(child))
            attributes = sorted(flags(child) - {KEEP_GOING}) or ["none"]
            hidden = attributes != ["none"] and below in expected.fails and path in expected.fails
            if below in expected.reached and len(attributes) == 1 and not hidden:
                at = "first" if index == 0 else "last" if index == len(siblings) - 1 else "middle"
                counts[Turn(parent(node), attributes[0], _kind(child), at, below in expected.fails)] += 1
    return counts


def parent(node: Tree) -> str:
    """A group as PARENTS names it."""
    return "serial keep_going" if KEEP_GOING in flags(node) and kind(node) == "serial" else kind(node)


def _kind(node: Tree) -> str:
    return kind(node) if kind(node) == "exec" or children(node) else "empty group"


def branches() -> list[Tree]:
    """Small trees that between them hit every cell: a group, and an exec behind it that shows whether it was done.

    Each combination stands under each parent with two others, of other attributes, and mostly not failing with it. What a
    failure there keeps from its turn, or hides, is made up for by further trees, with plain execs around it.
    """
    count = len(COMBINATIONS)
    made = [_of_three(p, i, i + count // 3 + 1, i + 2 * count // 3 + 2) for i in range(count) for p in PARENTS]
    hit = set().union(*map(hits, made))
    return made + [_alone(cell) for cell in TURNS if cell not in hit]


def _of_three(parent: str, *at: int) -> Tree:
    """One branch with these combinations as first, middle and last child."""
    chosen = [_child(str(i), COMBINATIONS[index % len(COMBINATIONS)], index) for i, index in enumerate(at)]
    return serial("", (under(parent, "group", chosen), execute("after")))


def _alone(cell: Turn) -> Tree:
    """One branch with this cell's child among execs that end well."""
    chosen = [execute(str(i)) for i in range(3)]
    at = POSITIONS.index(cell.position)
    chosen[at] = _child(str(at), Combination(cell.attribute, cell.kind, cell.fails), at)
    return serial("", (under(cell.parent, "group", chosen), execute("after")))


def under(parent: str, called: str, nodes: Sequence[Tree], *attributes: str) -> Tree:
    """These nodes in a group as PARENTS names it."""
    if parent == "parallel":
        return parallel(called, tuple(nodes), *attributes)
    return serial(called, tuple(nodes), *attributes, *([KEEP_GOING] if parent == "serial keep_going" else []))


def _child(called: str, what: Combination, variant: int) -> Tree:
    """A node of this combination."""
    attributes = [] if what.attribute == "none" else [what.attribute]
    first = "fail" if what.fails else "ok"
    if what.kind == "exec":
        return execute(called, first, *attributes)
    if what.kind == "empty group":
        return (serial, parallel)[variant % 2](called, (), *attributes)
    make = serial if what.kind == "serial" else parallel
    return make(called, (execute("x", first), execute("y")), *attributes)


def table(counts: Mapping[Turn, int]) -> list[str]:
    """How often each cell was hit: a row per parent and combination, a column per position."""
    lines = [f"{'parent':18} {'attribute':16} {'child':12} {'fails':5} " + " ".join(f"{at:>6}" for at in POSITIONS)]
    for outer, what in itertools.product(PARENTS, COMBINATIONS):
        row = [counts.get(Turn(outer, what.attribute, what.kind, at, what.fails), 0) for at in POSITIONS]
        lead = f"{outer:18} {what.attribute:16} {what.kind:12} {'yes' if what.fails else 'no':5} "
        lines.append(lead + " ".join(f"{number:6}" for number in row))
    return lines
