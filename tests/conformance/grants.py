"""What a generated tree may ask for: "a generated node may use requires_docker, docker_run_args or a Secret only where the Lazy
or an ancestor of it has or names it; else Generate fails".
"""

from __future__ import annotations

from collections.abc import Iterator

from . import attributes
from .trees import GENERATE, LAZY, Tree, children, flags, join, kind, walk

_WORDS = ("requires_docker", "docker_run_args")


def overreaching(tree: Tree) -> frozenset[str]:
    """The paths of what generates more than it may."""
    nodes = dict(walk(tree))
    return frozenset(
        join(path, GENERATE)
        for path, node in nodes.items()
        if LAZY in flags(node) and set(_asked(children(node)[1])) - _named(nodes, path)
    )


def granted(nodes: dict[str, Tree], pair: str, flag: str) -> bool:
    """Whether a node below this Lazy may say this, whatever else it is."""
    return not _wishes(frozenset({flag})) - _named(nodes, pair)


def _wishes(said: frozenset[str]) -> set[str]:
    """What of a node's flags must be granted."""
    secrets = {f"secret={flag.partition('=')[2]}" for flag in said if attributes.word(flag) == "secret"}
    return secrets | {flag for flag in said if attributes.word(flag) in _WORDS}


def _named(nodes: dict[str, Tree], pair: str) -> set[str]:
    """What the Lazy or an ancestor of it has or names."""
    above = [path for path in nodes if path in ("/", pair) or pair.startswith(f"{path}/")]
    return {wish for path in above for wish in _wishes(flags(nodes[path]))}


def _asked(root: Tree) -> Iterator[str]:
    """What the Execs of a generated tree have of what is said in it, and what is named at and above each place in it where more
    is generated: there it would be granted.
    """
    todo: list[tuple[Tree, dict[str, str], frozenset[str]]] = [(root, {}, frozenset())]
    while todo:
        node, above, named = todo.pop()
        own = {
            flag: attributes.variable(flag) or attributes.word(flag) for flag in flags(node) if attributes.word(flag)
        }
        held = {**above, **{key: flag for flag, key in own.items()}}
        named |= _wishes(flags(node))
        if kind(node) == "exec":
            yield from _wishes(frozenset(held.values()))
        if LAZY in flags(node):
            yield from named
        inner = children(node)[:1] if LAZY in flags(node) else children(node)
        todo += [(child, held, named) for child in inner]
