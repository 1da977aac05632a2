"""What a target may refuse of a tree's attributes, as its documents tell; everything else it must take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from . import attributes
from .observe import Refusal
from .trees import SKIP, Tree, behaviour, children, flags, fold, join, kind, name, walk

Warranted = Callable[[Tree, str, Tree], bool]


def _shares(tree: Tree, path: str, _node: Tree) -> bool:
    """Whether several Execs run in the container of a NEW node."""
    return sum(shared == path for shared in _containers(tree).values()) > 1


def _binds(_tree: Tree, _path: str, node: Tree) -> bool:
    """Whether more could run at once than `max_concurrent` lets."""
    return attributes.number(node, "max_concurrent") < _width(node)


def _always(_tree: Tree, _path: str, _node: Tree) -> bool:
    return True


def _several_leaves(tree: Tree, path: str, node: Tree) -> bool:
    """Whether a group has more than one Exec; the limit of one is that Exec's, and the root's may be the run's."""
    forgiving = any(flags(n) & {"suppress_errors"} or attributes.number(n, "retries") for _, n in walk(tree))
    return forgiving or (path != "/" and len(_running(node)) > 1)


#: By the attribute, whether one of a node may be refused: `(tree, path, node)`.
_GITHUB: Mapping[str, Warranted] = {
    "container_reuse_context": _shares,
    "max_concurrent": _binds,
    "max_time of a group": _always,
    "retries of a group": _always,
}
_ARGO: Mapping[str, Warranted] = {
    "container_reuse_context": _shares,
    "requires_docker": _always,
    "max_time of a group": _several_leaves,
}
REFUSES: Mapping[str, Mapping[str, Warranted]] = {
    "make-host": {},
    "make-docker": {},
    "github-host": _GITHUB,
    "github-docker": _GITHUB,
    "argo": _ARGO,
    "argo-local": _ARGO,
}
#: Where commands run on the machine itself, an image would make them run elsewhere, or not at all.
UNDRAWN: Mapping[str, frozenset[str]] = {
    "make-host": frozenset({"image"}),
    "github-host": frozenset({"image"}),
}

#: How the compiler calls the attributes that it refuses.
_CALLED = {
    "`max_time` of a Serial or a Parallel": "max_time of a group",
    "`retries` of a Serial or a Parallel": "retries of a group",
    "`max_concurrent`": "max_concurrent",
    "one container for several Execs": "container_reuse_context",
    "`requires_docker`": "requires_docker",
}
#: An Exec is refused for what a node above it says.
_INHERITED = frozenset({"requires_docker"})


def refused(refusal: Refusal) -> str:
    """The attribute that is refused; "" if it is something else."""
    return next((name for called, name in _CALLED.items() if refusal.message.endswith(f" cannot say {called}")), "")


def unwarranted(tree: Tree, refusals: Sequence[Refusal], target: str) -> list[str]:
    """Complaints about refusals: of what the target can say, or at a node that asks nothing of the kind."""
    nodes = dict(walk(tree))
    used = set(attributes.uses(tree))
    found = []
    for refusal in refusals:
        what = refused(refusal)
        warranted = REFUSES[target].get(what)
        places = _up(refusal.node) if what in _INHERITED else [refusal.node]
        asked = any((place, what) in used for place in places)
        if not warranted or not asked or not warranted(tree, refusal.node, nodes[refusal.node]):
            found.append(f"{refusal.node}: was refused: {refusal.code} {refusal.message}")
    return found


def _up(path: str) -> list[str]:
    """A path and those of all nodes above it, as far as names without a slash tell."""
    parts = path.split("/")
    return ["/".join(parts[:count]) or "/" for count in range(len(parts), 0, -1)]


def _containers(tree: Tree) -> dict[str, str]:
    """For each exec that may run the NEW node whose container it is in, "" for none."""
    found: dict[str, str] = {}
    todo = [("/", tree, "")]
    while todo:
        path, node, shared = todo.pop()
        if SKIP in flags(node):
            continue
        shared = {attributes.NEW: path, attributes.GLOBAL: ""}.get(attributes.value(node, "reuse"), shared)
        if kind(node) == "exec":
            found[path] = shared
        todo.extend((join(path, name(child)), child, shared) for child in children(node))
    return found


def _running(tree: Tree) -> list[str]:
    return list(_containers(tree))


def _width(tree: Tree) -> int:
    """How many Execs of a tree may run at once."""

    def width(_path: str, node: Tree, parts: list[int]) -> int:
        if SKIP in flags(node):
            return 0
        if behaviour(node):
            return 1
        return max(parts, default=0) if kind(node) == "serial" else sum(parts)

    return fold(tree, width)
