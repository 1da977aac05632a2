"""Small trees as branches of a large one: so they run in less time, and each still shows for itself how it ended."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .reference import predict
from .trees import KEEP_GOING, Tree, execute, flags, idle, kind, name, parallel, renamed, serial, walk

# More, and a tree would have more groups than a Workflow takes templates.
_BRANCHES = 30


def bundles(branches: Sequence[Tree]) -> list[Tree]:
    """The branches, each under a name of its own, in Parallels of so many, with an Exec before and one behind.

    Those that are done stand by themselves: the status of the whole would say nothing of them beside one that fails.
    """
    made = []
    for status in ("done", "failed"):
        these = [branch for branch in branches if predict(branch).status == status]
        made += [_bundle(these[at : at + _BRANCHES]) for at in range(0, len(these), _BRANCHES)]
    return made


def _bundle(branches: Sequence[Tree]) -> Tree:
    return serial("", (execute("before"), parallel("branches", tuple(branches)), execute("then")))


def fits(tree: Tree) -> bool:
    """Whether nothing about a tree has to do with its being a root: neither what it is, nor how its children are named."""
    ordinary = all(re.fullmatch("[A-Za-z0-9]{0,20}", name(node)) for _, node in walk(tree))
    return ordinary and kind(tree) != "exec" and flags(tree) <= {KEEP_GOING} and "/" not in idle(tree)


def branch(called: str, tree: Tree) -> Tree:
    """A tree as a branch: with an Exec behind it that runs only if it is done."""
    return serial(called, (renamed(tree, "tree"), execute("after")))
