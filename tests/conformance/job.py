"""What a runner is asked to do: a tree to run, and how its commands shall dawdle."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from . import attributes
from .observe import BEHAVIOURS, FLAKY
from .reference import order
from .trees import Tree, behaviour, children, join, name, pairs, walk

#: The name of an exec that is always slow.
SLOW = "slow"

# Not the ones whose end cannot be seen.
_SLOWABLE = frozenset((*BEHAVIOURS, *FLAKY)) - {"kill"}


@dataclass(frozen=True)
class Job:
    """One tree to compile and run once."""

    tree: Tree
    # From the path of an exec to the path it is known by; an exec that is not in it prints nothing. None: its own path.
    origin: Mapping[str, str] | None = None
    # By the path it is known by, how long an exec lasts, in units of the runner's pace.
    delays: Mapping[str, float] = field(default_factory=dict)
    # By the same path, more shell text to run.
    extra: Mapping[str, str] = field(default_factory=dict)
    # What the run is held against, if not the tree itself.
    meant: Tree | None = None
    # How many commands may run at once; 0: as many as the target lets.
    slots: int = 0

    def known(self) -> dict[str, str]:
        """From the path of each exec that prints to the path it is known by."""
        if self.origin is not None:
            return dict(self.origin)
        return {path: path for path, node in walk(self.tree) if behaviour(node)}

    @property
    def expected(self) -> Tree:
        """The tree whose meaning the run must show."""
        return self.tree if self.meant is None else self.meant

    @property
    def looks(self) -> bool:
        """Whether its commands tell what they see: where there are attributes, or nodes are generated."""
        return attributes.has(self.expected, "") or bool(pairs(self.expected))


def plain(tree: Tree) -> Job:
    """The job of a tree as it is, some of its execs slowed."""
    return Job(tree, delays=slowed(tree))


def slowed(tree: Tree) -> dict[str, float]:
    """Some of the execs that others must wait for, each to last one pace: else no wrong order would ever show.

    Those that are called SLOW; where there are none, some by chance, which the tree's own paths fix. All below a
    `max_concurrent` are, so that too many at once would show; none in a node whose time is short.
    """
    kinds = {path: behaviour(node) for path, node in walk(tree)}
    random = Random(zlib.crc32("\n".join(kinds).encode()))
    awaited = {first for first, _ in order(tree)}
    able = [path for path, does in kinds.items() if path in awaited and does in _SLOWABLE]
    slow = [path for path in able if path.endswith(f"/{SLOW}")]
    chosen = dict.fromkeys(slow or [path for path in able if random.random() < 0.4], 1.0)
    crowded = _below(tree, lambda node: attributes.number(node, "max_concurrent") > 0)
    chosen |= {path: 1.0 for path in crowded if kinds[path] in _SLOWABLE}
    hurried = _below(tree, attributes.short)
    return {path: units for path, units in chosen.items() if path not in hurried}


def _below(tree: Tree, holds: Callable[[Tree], bool]) -> set[str]:
    """The paths of the nodes that are so, and of all below them."""
    found: set[str] = set()
    for path, node in walk(tree):
        if path in found or holds(node):
            found |= {path, *(join(path, name(child)) for child in children(node))}
    return found
