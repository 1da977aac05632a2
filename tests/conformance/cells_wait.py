"""Cells of what must be waited for: where in a Parallel the slowest Exec stands, with a node behind that Parallel."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from .cells_turn import parent, under
from .job import SLOW
from .reference import predict
from .trees import SUPPRESS, Tree, children, execute, flags, idle, join, kind, name, parallel, serial, walk

PARENTS = ("serial", "serial keep_going")
ATTRIBUTES = ("none", SUPPRESS)
# Of the Parallel's children the one that holds it, behind another Exec: so that it ends last also where all of one depth in
# a graph are run together.
CHILDREN = ("first", "last")
DEPTHS = ("child", "grandchild")


class Wait(NamedTuple):
    """One combination."""

    parent: str
    attribute: str
    child: str
    depth: str


WAITS = tuple(Wait(*parts) for parts in itertools.product(PARENTS, ATTRIBUTES, CHILDREN, DEPTHS))


def hits(tree: Tree) -> Counter[Wait]:
    """How often a tree hits each cell: only execs called SLOW are known to be slow."""
    reached, nothing = predict(tree).reached, idle(tree)
    counts: Counter[Wait] = Counter()
    for path, node in walk(tree):
        able = [child for child in children(node) if join(path, name(child)) not in nothing]
        for stage, after in itertools.pairwise(able):
            below = join(path, name(stage))
            if parent(node) in PARENTS and kind(stage) == "parallel" and join(path, name(after)) in reached:
                attribute = SUPPRESS if SUPPRESS in flags(stage) else "none"
                counts.update(Wait(parent(node), attribute, *where) for where in _slow(below, stage, nothing))
    return counts


def _slow(path: str, stage: Tree, nothing: set[str]) -> list[tuple[str, str]]:
    """Which child of a Parallel is or holds a Serial that ends with a slow exec, and how deep that is."""
    able = [child for child in children(stage) if join(path, name(child)) not in nothing]
    found = []
    for child, position in zip((able[0], able[-1]), CHILDREN, strict=True):
        if len(able) > 1 and _ends_slow(child):
            found.append((position, "child"))
        elif len(able) > 1 and kind(child) == "parallel" and any(map(_ends_slow, children(child)[:-1])):
            found.append((position, "grandchild"))
    return found


def _ends_slow(node: Tree) -> bool:
    return kind(node) == "serial" and len(children(node)) > 1 and name(children(node)[-1]) == SLOW


def branches() -> list[Tree]:
    """Small trees that between them hit every cell. What is not slow fails, where that is no reason to stop."""
    return [_branch(cell) for cell in WAITS]


def _branch(cell: Wait) -> Tree:
    goes_on = cell.parent == "serial keep_going" or cell.attribute == SUPPRESS
    quick = execute("quick", "fail" if goes_on else "ok")
    slow = serial("long", (execute("x"), execute(SLOW)))
    if cell.depth == "grandchild":
        slow = parallel("inner", (slow, execute("y")))
    nodes = (slow, quick) if cell.child == "first" else (quick, slow)
    attributes = [SUPPRESS] if cell.attribute == SUPPRESS else []
    return under(cell.parent, "", (parallel("stage", nodes, *attributes), execute("next")))


def table(counts: Mapping[Wait, int]) -> list[str]:
    """How often each cell was hit: a row per parent, attribute and depth, a column per child."""
    lines = [f"{'parent':18} {'Parallel':16} {'slow is a':12} " + " ".join(f"{child:>6}" for child in CHILDREN)]
    for outer, attribute, depth in itertools.product(PARENTS, ATTRIBUTES, DEPTHS):
        row = [counts.get(Wait(outer, attribute, child, depth), 0) for child in CHILDREN]
        lines.append(f"{outer:18} {attribute:16} {depth:12} " + " ".join(f"{number:6}" for number in row))
    return lines
