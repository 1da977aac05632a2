"""Trees of which some groups are made while they run: a Lazy in the place of a group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from .reference import FAILING
from .strategy import sample
from .trees import (
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
    kind,
    name,
    parallel,
    rebuild,
    renamed,
    walk,
)

_BEHAVIOURS = ("ok",) * 16 + ("fail", "kill", "exit127", "nothing", "two", "background", "reads")


def grown(tree: Tree, choose: Callable[[int], int]) -> Tree:
    """The tree with some of its groups made by a Lazy, one at least."""
    groups = [path for path, node in walk(tree) if kind(node) != "exec"]
    if not groups:
        return grown(parallel("", (renamed(tree, "only"),)), choose)
    chosen = {path for path in groups if choose(3) == 0} | {groups[choose(len(groups))]}

    def change(path: str, node: Tree) -> Tree:
        if path not in chosen:
            return node
        own = {LAZY} | {flag for flag, out_of in ((SKIP, 20), (SUPPRESS, 6), (KEEP_GOING, 6)) if choose(out_of) == 0}
        first = [flag for flag, out_of in ((SKIP, 12), (SUPPRESS, 6)) if choose(out_of) == 0]
        generate = execute(GENERATE, _BEHAVIOURS[choose(len(_BEHAVIOURS))], *first)
        return ("serial", name(node), frozenset(own), (generate, renamed(node, EXECUTE)))

    return rebuild(tree, change)


def trees(count: int, seed: int) -> list[Tree]:
    """The trees of a seed, always the same."""
    return [grown(tree, Random(f"{seed}/{number}").randrange) for number, tree in enumerate(sample(count, seed))]


def table(trees: Sequence[Tree]) -> str:
    """How many of the trees have what, for people."""
    counts = {
        what: sum(any(holds(path, node) for path, node in walk(tree)) for tree in trees) for what, holds in _HAS.items()
    }
    return "\n".join(f"{count:5} of {len(trees)} trees: {what}" for what, count in counts.items())


def _is_first(path: str, node: Tree) -> bool:
    return kind(node) == "exec" and path.endswith(f"/{GENERATE}")


def _outer(flag: str) -> Callable[[str, Tree], bool]:
    return lambda path, node: LAZY in flags(node) and flag in flags(node)


_HAS: dict[str, Callable[[str, Tree], bool]] = {
    "a Lazy that a Lazy generates": lambda path, node: LAZY in flags(node) and f"/{EXECUTE}" in path,
    "a Generate that fails": lambda path, node: _is_first(path, node) and behaviour(node) in FAILING,
    "a Generate that is forgiven": lambda path, node: _is_first(path, node) and SUPPRESS in flags(node),
    "a Generate that is skipped": lambda path, node: _is_first(path, node) and SKIP in flags(node),
    "an empty root generated": lambda path, node: path.endswith(f"/{EXECUTE}") and not children(node),
    "skip on the pair": _outer(SKIP),
    "suppress_errors on the pair": _outer(SUPPRESS),
    "stop_on_error=False on the pair": _outer(KEEP_GOING),
}
