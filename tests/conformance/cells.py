"""The cells that conformance trees must reach: what stands where under which parent, and whether it fails."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .reference import predict
from .trees import KEEP_GOING, SKIP, SUPPRESS, Tree, children, execute, flags, join, kind, name, parallel, serial, walk

PARENTS = ("serial", "serial keep_going", "parallel")
ATTRIBUTES = ("none", SKIP, SUPPRESS)
KINDS = ("exec", "serial", "parallel", "empty group")
POSITIONS = ("first", "middle", "last")


class Cell(NamedTuple):
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
CELLS = tuple(Cell(p, c.attribute, c.kind, at, c.fails) for p in PARENTS for c in COMBINATIONS for at in POSITIONS)


def hits(tree: Tree) -> Counter[Cell]:
    """How often a tree hits each cell: by nodes whose turn comes, with siblings, and with at most one attribute."""
    expected = predict(tree)
    counts: Counter[Cell] = Counter()
    for path, node in walk(tree):
        siblings = children(node)
        if len(siblings) < 2:
            continue  # an only child is neither first nor last of anything
        for index, child in enumerate(siblings):
            below = join(path, name(child))
            attributes = sorted(flags(child) - {KEEP_GOING}) or ["none"]
            if below in expected.reached and len(attributes) == 1:
                at = "first" if index == 0 else "last" if index == len(siblings) - 1 else "middle"
                counts[Cell(_parent(node), attributes[0], _kind(child), at, below in expected.fails)] += 1
    return counts


def _parent(node: Tree) -> str:
    return "serial keep_going" if KEEP_GOING in flags(node) and kind(node) == "serial" else kind(node)


def _kind(node: Tree) -> str:
    return kind(node) if kind(node) == "exec" or children(node) else "empty group"


def covering() -> list[Tree]:
    """Small trees that between them hit every cell.

    Each holds one group of every parent kind, each followed by an exec that shows whether the group was done.
    What a failure keeps from its turn is made up for by further trees, with nothing but plain execs around it.
    """
    count = len(COMBINATIONS)
    made = [_triple(i, i + count // 3, i + 2 * count // 3) for i in range(count)]
    for cell in CELLS:
        if not any(hits(tree)[cell] for tree in made):
            made.append(_alone(cell))
    return made


def _triple(*at: int) -> Tree:
    """One tree with these combinations as first, middle and last child of each parent kind."""
    chosen = [_child(str(i), COMBINATIONS[index % len(COMBINATIONS)], index) for i, index in enumerate(at)]
    return parallel("", tuple(serial(parent, (_under(parent, chosen), execute("after"))) for parent in PARENTS))


def _alone(cell: Cell) -> Tree:
    """One tree with this cell's child among execs that end well."""
    chosen = [execute(str(i)) for i in range(3)]
    at = POSITIONS.index(cell.position)
    chosen[at] = _child(str(at), Combination(cell.attribute, cell.kind, cell.fails), at)
    return serial("", (_under(cell.parent, chosen), execute("after")))


def _under(parent: str, nodes: Sequence[Tree]) -> Tree:
    if parent == "parallel":
        return parallel("group", tuple(nodes))
    return serial("group", tuple(nodes), *([KEEP_GOING] if parent == "serial keep_going" else []))


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


def table(trees: Iterable[Tree]) -> str:
    """How often the trees hit each cell, as a table: a row per parent and combination, a column per position."""
    counts: Counter[Cell] = Counter()
    for tree in trees:
        counts.update(hits(tree))
    lines = [f"{'parent':18} {'attribute':16} {'child':12} {'fails':5} " + " ".join(f"{at:>6}" for at in POSITIONS)]
    for parent, what in itertools.product(PARENTS, COMBINATIONS):
        row = [counts[Cell(parent, what.attribute, what.kind, at, what.fails)] for at in POSITIONS]
        lead = f"{parent:18} {what.attribute:16} {what.kind:12} {'yes' if what.fails else 'no':5} "
        lines.append(lead + " ".join(f"{number:6}" for number in row))
    hit = sum(1 for cell in CELLS if counts[cell])
    return "\n".join([*lines, f"{hit} of {len(CELLS)} cells hit (impossible: an empty group that fails)"])
