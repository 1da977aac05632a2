"""Random trees of which some groups are made while they run: a Lazy in the place of a group, attributes strewn over all of it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from . import attributes, grants
from .attempts import predict
from .attributes import PYTHON
from .lazily import WISHES, had
from .observe import UNTAKEN
from .strategy import Choose, build
from .strategy_attributes import decorated
from .trees import (
    BY_COMMAND,
    EXECUTE,
    GENERATE,
    KEEP_GOING,
    LAZY,
    SKIP,
    SUPPRESS,
    Tree,
    behaviour,
    children,
    execute,
    flags,
    generates,
    join,
    kind,
    name,
    pairs,
    parallel,
    rebuild,
    renamed,
    walk,
    with_children,
    with_flags,
)

#: Attempts of commands in one tree, and nodes; a tree of more is drawn anew.
MOST_RUNS, MOST_NODES = 14, 24
#: Trees drawn before one wish is let go.
_PATIENCE = 1000
#: What is strewn over a tree of which the Lazies are the matter.
_FEW = frozenset({"", "env", "image", "cpu", "retries"})
#: "" is one of UNTAKEN.
_BEHAVIOURS = ("ok",) * 18 + ("fail", "kill", "exit127", "background", "reads", "", "", "")


def sample(target: str, count: int, seed: int, everything: bool = False) -> Iterator[Tree]:
    """The trees of a seed for a target, always the same; with every attribute that there is, or with a few."""
    for index in range(count):
        yield tree(target, seed, index, everything)


def tree(target: str, seed: int, index: int, everything: bool = False) -> Tree:
    """The tree of this index."""
    luck = Random(f"wishes/{seed}/{index}")
    wished = {what for what, share in WISHES.items() if luck.randrange(100) < share}
    for again in range(_PATIENCE * (1 + len(WISHES))):
        if wished and again % _PATIENCE == _PATIENCE - 1:  # all at once are too much for one tree
            wished.remove(max(wished))
        choose = Random(f"lazy/{seed}/{index}/{everything}/{again}").randrange
        drawn = grown(build(choose), choose)
        if sum(1 for _ in walk(drawn)) > MOST_NODES or not wished <= had(drawn):
            continue
        found = fitted(decorated(drawn, choose, target), choose, everything)
        runs = sum(map(len, predict(found).runs.values()))
        if 0 < runs <= MOST_RUNS and wished <= had(found):
            return found
    raise AssertionError("no tree with Lazies is small enough")


def grown(tree: Tree, choose: Choose) -> Tree:
    """The tree with some of its groups made by a Lazy, one at least."""
    groups = [path for path, node in walk(tree) if kind(node) != "exec"]
    if not groups:
        return grown(parallel("", (renamed(tree, "only"),)), choose)
    chosen = {path for path in groups if choose(3) == 0} | {groups[choose(len(groups))]}

    def change(path: str, node: Tree) -> Tree:
        if path not in chosen:
            return node
        made = _pair(with_children(node, ()) if choose(12) == 0 else node, choose)
        # All that is generated may be one more Lazy.
        return _pair(made, choose) if choose(16) == 0 else made

    return rebuild(tree, change)


def _pair(root: Tree, choose: Choose) -> Tree:
    """A Lazy that generates this tree, in its place."""
    odds = ((SKIP, 25), (SUPPRESS, 8), (KEEP_GOING, 8), (BY_COMMAND, 5))
    own = {flag for flag, out_of in odds if choose(out_of) == 0}
    first = [flag for flag, out_of in ((SKIP, 14), (SUPPRESS, 6)) if choose(out_of) == 0]
    does = _BEHAVIOURS[choose(len(_BEHAVIOURS))] or UNTAKEN[choose(len(UNTAKEN))]
    return ("serial", name(root), frozenset({LAZY, *own}), (execute(GENERATE, does, *first), renamed(root, EXECUTE)))


def fitted(tree: Tree, choose: Choose, everything: bool) -> Tree:
    """The tree with attributes as Lazies can have them: what generates is in an image that can do it, and asks for nothing that
    nobody above it has, but once in a while.
    """
    found = rebuild(tree, lambda _, node: _roomy(node) if everything else _plainer(node))
    nodes = dict(walk(found))

    def change(path: str, node: Tree) -> Tree:
        above = [pair for pair in pairs(found) if f"{path}/".startswith(f"{join(pair, EXECUTE)}/")]
        kept = {
            flag
            for flag in sorted(flags(node))
            if all(grants.granted(nodes, pair, flag) for pair in above) or choose(30) == 0
        }
        return with_flags(node, frozenset(kept))

    return able(rebuild(found, change))


def _roomy(node: Tree) -> Tree:
    """Python needs more than the least memory that is drawn."""
    return with_flags(node, frozenset(flag.replace("mem=0.0625", "mem=0.5") for flag in flags(node)))


def _plainer(node: Tree) -> Tree:
    """A node without what is not among the few."""
    kept = frozenset(flag for flag in flags(node) if attributes.word(flag) in _FEW)
    return with_flags((*node[:2], "ok", node[3]) if behaviour(node) == "sleeps" else node, kept)


def able(tree: Tree) -> Tree:
    """The tree with an image that holds python3 and the pipeline's file for all that generates."""
    above = {"/": attributes.NOTHING}
    wanting: set[str] = set()
    generating = generates(tree)
    for path, node in walk(tree):
        here = above[path].below(path, node)
        above.update({join(path, name(child)): here for child in children(node)})
        if path in generating and here.container.get("image") != PYTHON:
            wanting.add(here.shared or path)  # all Execs of a container have its image

    def change(path: str, node: Tree) -> Tree:
        if path not in wanting:
            return node
        kept = {flag for flag in flags(node) if attributes.word(flag) != "image"}
        return with_flags(node, frozenset(kept | {f"image={PYTHON}"}))

    return rebuild(tree, change)
