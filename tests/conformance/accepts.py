"""What a target may refuse of a tree's attributes, as its documents tell; everything else it must take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from . import attributes
from .observe import Refusal
from .trees import SKIP, SUPPRESS, Tree, behaviour, children, flags, fold, idle, kind, walk

Warranted = Callable[[Tree, bool], bool]


def _shares(node: Tree, _root: bool) -> bool:
    """Whether several Execs or attempts run in the container of a NEW node."""
    return attributes.value(node, "reuse") == attributes.NEW and _sharing(node) > 1


def _binds(node: Tree, _root: bool) -> bool:
    """Whether more could run at once than `max_concurrent` lets."""
    return attributes.number(node, "max_concurrent") < width(node)


def _always(_node: Tree, _root: bool) -> bool:
    return True


def _no_deadline(node: Tree, root: bool) -> bool:
    """Whether a group's limit is neither that of its only Exec nor that of the run."""
    awake = _awake(node)
    calm = not any(SUPPRESS in flags(n) or attributes.number(n, "retries") for n in awake[1:])
    if calm and sum(kind(n) == "exec" for n in awake) == 1:
        return False
    return not root or attributes.number(node, "retries") > 0 or any(SUPPRESS in flags(n) for n in awake)


#: By the attribute, whether that of a node is refused: `(node, whether it is the root)`.
_GITHUB: Mapping[str, Warranted] = {
    "container_reuse_context": _shares,
    "max_concurrent": _binds,
    "max_time of a group": _always,
    "retries of a group": _always,
}
_ARGO: Mapping[str, Warranted] = {
    "container_reuse_context": _shares,
    "requires_docker": _always,
    "max_time of a group": _no_deadline,
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
    "one container for several Execs or attempts": "container_reuse_context",
    "`requires_docker`": "requires_docker",
}
#: An Exec is refused for what a node above it says.
_INHERITED = frozenset({"requires_docker"})


def refused(refusal: Refusal) -> str:
    """The attribute that is refused; "" if it is something else."""
    return next((name for called, name in _CALLED.items() if refusal.message.endswith(f" cannot say {called}")), "")


def asked(tree: Tree, target: str) -> set[str]:
    """The attributes of a tree that a target refuses."""
    refused_ = REFUSES[target]
    return {
        row
        for path, node in walk(tree)
        for row in {attributes.attribute(node, flag) for flag in flags(node) if attributes.word(flag)} & set(refused_)
        if refused_[row](node, path == "/")
    }


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
        if not warranted or not asked or not warranted(nodes[refusal.node], refusal.node == "/"):
            found.append(f"{refusal.node}: was refused: {refusal.code} {refusal.message}")
    return found


def _up(path: str) -> list[str]:
    """A path and those of all nodes above it, as far as names without a slash tell."""
    parts = path.split("/")
    return ["/".join(parts[:count]) or "/" for count in range(len(parts), 0, -1)]


def _awake(tree: Tree) -> list[Tree]:
    """The nodes that run: not skipped, and with something to run."""
    nothing = idle(tree)
    return [node for path, node in walk(tree) if not any(place in nothing for place in _up(path))]


def _sharing(new: Tree) -> int:
    """How many Execs run in the container of a NEW node; what is tried again in it, not with it, counts twice."""
    todo, found = [(new, 1)], 0
    while todo:
        node, times = todo.pop()
        if SKIP in flags(node) or (node is not new and attributes.value(node, "reuse")):
            continue
        if node is not new and attributes.number(node, "retries"):
            times = 2
        found += times if kind(node) == "exec" else 0
        todo += ((child, times) for child in children(node))
    return found


def width(tree: Tree) -> int:
    """How many Execs of a tree may run at once."""

    def of(_path: str, node: Tree, parts: list[int]) -> int:
        if SKIP in flags(node):
            return 0
        if behaviour(node):
            return 1
        return max(parts, default=0) if kind(node) == "serial" else sum(parts)

    return fold(tree, of)
