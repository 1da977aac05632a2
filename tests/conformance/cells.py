"""The cells that conformance trees must reach: of nodes whose turn comes, of what is waited for, and of what must not run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from . import cells_behind, cells_turn, cells_wait
from .bundle import bundles
from .cells_behind import BEHINDS, FORGIVEN, Behind
from .cells_turn import TURNS, Turn
from .cells_wait import WAITS, Wait
from .trees import Tree, renamed

Cell: TypeAlias = "Turn | Wait | Behind"
CELLS: tuple[Cell, ...] = (*TURNS, *WAITS, *BEHINDS)


def hits(tree: Tree) -> Counter[Cell]:
    """How often a tree hits each cell."""
    turns, waits, behinds = cells_turn.hits(tree), cells_wait.hits(tree), cells_behind.hits(tree)
    found: list[tuple[Cell, int]] = [*turns.items(), *waits.items(), *behinds.items()]
    return Counter(dict(found))


def covering() -> list[Tree]:
    """A few trees that between them hit every cell, of many branches that show each for itself how they ended."""
    families = [cells_turn.branches(), cells_wait.branches(), *(cells_behind.branches(by) for by in FORGIVEN)]
    return [tree for branches in families for tree in bundles(_numbered(branches))]


def _numbered(branches: Sequence[Tree]) -> list[Tree]:
    return [renamed(branch, str(number)) for number, branch in enumerate(branches)]


def table(trees: Iterable[Tree]) -> str:
    """How often the trees hit each cell, as three tables."""
    turns: Counter[Turn] = Counter()
    waits: Counter[Wait] = Counter()
    behinds: Counter[Behind] = Counter()
    for tree in trees:
        turns.update(cells_turn.hits(tree))
        waits.update(cells_wait.hits(tree))
        behinds.update(cells_behind.hits(tree))
    lines = ["whose turn comes:", *cells_turn.table(turns), "", "what is waited for:", *cells_wait.table(waits)]
    lines += ["", "what must not run:", *cells_behind.table(behinds)]
    return "\n".join([*lines, f"{len(turns) + len(waits) + len(behinds)} of {len(CELLS)} cells hit"])
