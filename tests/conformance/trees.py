"""Trees as plain nested tuples, and how to walk, fold and rebuild them without recursion.

A tree is `("exec", name, behaviour, flags)`, `("serial", name, flags, children)` or
`("parallel", name, flags, children)`.
A path is "/" for the root and "/a/b" below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias, TypeVar

Flags: TypeAlias = "frozenset[str]"
# A tuple whose shape depends on its first element; the accessors below are the typed way in.
Tree: TypeAlias = "tuple[Any, ...]"
T = TypeVar("T")

SKIP, SUPPRESS, KEEP_GOING = "skip", "suppress_errors", "keep_going"
#: Of a Serial of an exec and a group: the group is made by the exec, and what it says itself is what the made root says.
LAZY = "lazy"
#: Of the same: its exec has a command line, where others call a function.
BY_COMMAND = "by_command"
GENERATE, EXECUTE = "Generate", "Execute"
NONE: Flags = frozenset()


def execute(name: str, behaviour: str = "ok", *flags: str) -> Tree:
    """An exec."""
    return ("exec", name, behaviour, frozenset(flags))


def serial(name: str, children: tuple[Tree, ...] = (), *flags: str) -> Tree:
    """A serial group."""
    return ("serial", name, frozenset(flags), children)


def parallel(name: str, children: tuple[Tree, ...] = (), *flags: str) -> Tree:
    """A parallel group."""
    return ("parallel", name, frozenset(flags), children)


def kind(node: Tree) -> str:
    """`"exec"`, `"serial"` or `"parallel"`."""
    return str(node[0])


def name(node: Tree) -> str:
    """The node's name, "" for a root."""
    return str(node[1])


def behaviour(node: Tree) -> str:
    """What an exec's command does; "" for a group."""
    return str(node[2]) if node[0] == "exec" else ""


def flags(node: Tree) -> Flags:
    """The node's flags."""
    return frozenset(node[3] if node[0] == "exec" else node[2])


def children(node: Tree) -> tuple[Tree, ...]:
    """A group's children; none for an exec."""
    return () if node[0] == "exec" else tuple(node[3])


def renamed(node: Tree, new: str) -> Tree:
    """The same node under another name."""
    return (node[0], new, *node[2:])


def with_flags(node: Tree, new: Flags) -> Tree:
    """The same node with other flags."""
    return (*node[:3], new) if node[0] == "exec" else (node[0], node[1], new, node[3])


def with_children(node: Tree, new: tuple[Tree, ...]) -> Tree:
    """The same group with other children; an exec as it is."""
    return node if node[0] == "exec" else (*node[:3], new)


def join(path: str, child: str) -> str:
    """The path of a child."""
    return f"/{child}" if path == "/" else f"{path}/{child}"


def walk(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Every node with its path, parents first, children in order."""
    todo = [("/", tree)]
    while todo:
        path, node = todo.pop()
        yield path, node
        todo.extend((join(path, name(child)), child) for child in reversed(children(node)))


def fold(tree: Tree, combine: Callable[[str, Tree, list[T]], T]) -> T:
    """`combine(path, node, results of its children)` from the leaves up; the root's result.

    Siblings of one name, as a rewriting may leave them for a while, are kept apart.
    """
    results: list[T] = []
    for path, node in reversed(list(walk(tree))):
        results.append(combine(path, node, [results.pop() for _ in children(node)]))
    return results[0]


def rebuild(tree: Tree, change: Callable[[str, Tree], Tree]) -> Tree:
    """The tree with each node replaced by `change(path, node with its new children)`, from the leaves up."""
    return fold(tree, lambda path, node, new: change(path, with_children(node, tuple(new))))


def idle(tree: Tree) -> set[str]:
    """The paths of the nodes with nothing to run: skipped, or groups without anything else."""
    return _all_below(tree, lambda node: SKIP in flags(node))


def hushed(tree: Tree) -> set[str]:
    """The paths of the nodes of which no failure can come: suppressed or skipped, or groups without anything else."""
    return _all_below(tree, lambda node: bool(flags(node) & {SKIP, SUPPRESS}))


def _all_below(tree: Tree, holds: Callable[[Tree], bool]) -> set[str]:
    """The paths of the nodes that are so, and of the groups that hold nothing else."""
    found: set[str] = set()

    def note(path: str, node: Tree, parts: list[bool]) -> bool:
        so = holds(node) or (kind(node) != "exec" and all(parts))
        if so:
            found.add(path)
        return so

    fold(tree, note)
    return found


def pairs(tree: Tree) -> dict[str, Tree]:
    """The Lazies of a tree, by their paths."""
    return {path: node for path, node in walk(tree) if LAZY in flags(node)}


def generates(tree: Tree) -> dict[str, Tree]:
    """The execs of a tree that make what stands behind them, by their paths."""
    return {join(path, GENERATE): children(pair)[0] for path, pair in pairs(tree).items()}


def execs(tree: Tree) -> list[str]:
    """The paths of all execs, in order."""
    return [path for path, node in walk(tree) if kind(node) == "exec"]
