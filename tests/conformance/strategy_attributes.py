"""Random trees with attributes: those of `strategy`, strewn with attributes by small odds, so that they stay readable."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from random import Random

from . import accepts, attributes
from .attempts import predict
from .attributes import GLOBAL, HOSTS, IMAGES, MISSING, NEW, OF_CONTAINER, SECRETS, SHOWN, VALUES, VARIABLES
from .strategy import Choose, build
from .trees import SKIP, Tree, behaviour, children, execs, flags, join, kind, name, rebuild, walk, with_flags

# The random trees that CI runs: how many, and of which seed.
CI_COUNT, CI_SEED = 30, 20261125

#: Attempts of commands in one tree; a tree of more is drawn anew.
MOST_RUNS = 24
#: Execs of a group whose time is short.
MOST_LIMITED = 4
#: What is refused by a target is drawn for it, too, but so much more seldom.
_SELDOM = 12
#: Of a `max_time`, in paces: for a command, for a group, and what nothing reaches.
_EXEC, _GROUP, _NEVER = 3, 10, 200


def sample(target: str, count: int, seed: int) -> Iterator[Tree]:
    """The trees of a seed for a target, always the same."""
    for index in range(count):
        yield tree(target, seed, index)


def tree(target: str, seed: int, index: int) -> Tree:
    """The tree of this index."""
    for again in range(1000):
        choose = Random(f"attributes/{seed}/{index}/{again}").randrange
        found = decorated(build(choose), choose, target)
        runs = sum(map(len, predict(found).runs.values()))
        if 0 < runs <= MOST_RUNS and attributes.has(found, ""):
            return found
    raise AssertionError("no tree with attributes is small enough")


def decorated(plain: Tree, choose: Choose, target: str) -> Tree:
    """The tree with attributes strewn over it."""
    refused = accepts.REFUSES[target]
    undrawn = accepts.UNDRAWN.get(target, frozenset())

    def wanted(node: Tree, root: bool, flag: str, odds: int) -> bool:
        """Whether this one is drawn now, once in `odds` times."""
        row = attributes.attribute(node, flag)
        warranted = refused.get(row)
        seldom = warranted is not None and warranted(with_flags(node, flags(node) | {flag}), root)
        return row not in undrawn and choose(odds * (_SELDOM if seldom else 1)) == 0

    found = rebuild(plain, lambda path, node: _strewn(node, path == "/", choose, wanted))
    found = _escaped(found, choose)
    found = _retried(found, choose, wanted)
    found = rebuild(found, lambda path, node: _timed(node, path == "/", wanted))
    found = _hurried(found, choose, wanted)
    return _alike(found)


_Wanted = Callable[[Tree, bool, str, int], bool]


def _pick(choose: Choose, options: Collection[str]) -> str:
    return list(options)[choose(len(options))]


def _strewn(node: Tree, root: bool, choose: Choose, wanted: _Wanted) -> Tree:
    """A node with attributes that make nothing of its command."""
    group = kind(node) != "exec"
    env = {variable: f"env:{variable}={choose(len(VALUES))}" for variable in VARIABLES if choose(6) == 0}
    for variable in VARIABLES:
        if choose(25) == 0:
            env[variable] = f"secret:{variable}={MISSING if choose(6) == 0 and not root else _pick(choose, SECRETS)}"
    new = [
        ("image", _pick(choose, IMAGES), 5),
        ("cpu", _pick(choose, ("0.5", "2")), 14),
        ("mem", _pick(choose, ("0.0625", "0.25")), 14),
        ("gpu", "0", 25),
        ("requires_docker", "True", 14),
        ("docker_run_args", _pick(choose, HOSTS), 14),
        ("reuse", _pick(choose, (NEW, NEW, GLOBAL)), 9 if group else 30),
        *((name, _pick(choose, SHOWN), 18) for name in ("doc", "title")),
        ("tags", "shown", 18),
        ("options", "some", 18),
    ]
    if group:
        new.append(("max_concurrent", _pick(choose, ("1", "1", "2")), 3 if accepts.width(node) > 1 else 15))
    chosen = {f"{word}={value}" for word, value, odds in new if wanted(node, root, f"{word}={value}", odds)}
    return with_flags(node, flags(node) | chosen | set(env.values()))


def _timed(node: Tree, root: bool, wanted: _Wanted) -> Tree:
    """A node with a limit that nothing reaches, perhaps."""
    flag = f"max_time={_NEVER}"
    return with_flags(node, flags(node) | {flag}) if wanted(node, root, flag, 16) else node


def _retried(tree: Tree, choose: Choose, wanted: _Wanted) -> Tree:
    """Some nodes with `retries`, and in most of these a command that fails at first."""
    flaky: set[str] = set()

    def change(path: str, node: Tree) -> Tree:
        if not wanted(node, path == "/", "retries=1", 5 if kind(node) == "exec" else 8):
            return node
        able = [p for p, n in walk(node) if behaviour(n) in ("ok", "fail")]
        if able and choose(4):
            flaky.add(_at(path, able[choose(len(able))]))
        return with_flags(node, flags(node) | {f"retries={1 + choose(2)}"})

    found = rebuild(tree, change)
    does = {path: f"flaky{1 + choose(2)}" for path in sorted(flaky)}
    return rebuild(found, lambda path, node: _doing(node, does.get(path, "")))


def _at(path: str, below: str) -> str:
    """The path in the whole tree of what has the path `below` in a part of it."""
    return below if path == "/" else path if below == "/" else path + below


def _doing(node: Tree, behaviour: str) -> Tree:
    """An exec with another behaviour, if there is one."""
    return (*node[:2], behaviour, node[3]) if behaviour and kind(node) == "exec" else node


def _hurried(tree: Tree, choose: Choose, wanted: _Wanted) -> Tree:
    """Perhaps one node with a short time, in which a command sleeps; then nothing else in it may take long."""
    able = [
        (path, node)
        for path, node in walk(tree)
        if 0 < len(execs(node)) <= MOST_LIMITED and wanted(node, path == "/", f"max_time={_GROUP}", 6)
    ]
    if not able:
        return tree
    chosen, node = able[choose(len(able))]
    inside = {_at(chosen, path) for path, _ in walk(node)}
    sleeper = _at(chosen, _pick(choose, execs(node)))
    limit = f"max_time={_EXEC if kind(node) == 'exec' else _GROUP}"

    def change(path: str, n: Tree) -> Tree:
        kept = {flag for flag in flags(n) if attributes.word(flag) != "max_time" or path not in inside}
        if path in inside and path != chosen:
            kept = {flag for flag in kept if attributes.word(flag) not in ("retries", "max_concurrent")}
        if chosen == path:
            kept = {flag for flag in kept if attributes.word(flag) != "max_concurrent"} | {limit}
        if _above(path, chosen):  # a slot that is long waited for takes time from the limit
            kept = {flag for flag in kept if attributes.word(flag) != "max_concurrent"}
        if path == sleeper:
            return _doing(with_flags(n, frozenset(kept) - {SKIP}), "sleeps")
        if path in inside and behaviour(n).startswith("flaky"):
            n = _doing(n, "ok")
        return with_flags(n, frozenset(kept))

    return rebuild(tree, change)


def _above(path: str, other: str) -> bool:
    return path == "/" or other.startswith(f"{path}/")


def _shared(tree: Tree) -> Iterator[tuple[str, Tree, bool]]:
    """Each node with its path, and whether a node above it has a container that it would share."""
    todo = [("/", tree, False)]
    while todo:
        path, node, shared = todo.pop()
        yield path, node, shared
        inside = {NEW: True, GLOBAL: False}.get(attributes.value(node, "reuse"), shared)
        todo += [(join(path, name(child)), child, inside) for child in children(node)]


def _escaped(tree: Tree, choose: Choose) -> Tree:
    """Some nodes in a shared container with one of their own."""
    able = [path for path, node, shared in _shared(tree) if shared and not attributes.value(node, "reuse")]
    chosen = {path for path in able if choose(6) == 0}
    return rebuild(
        tree, lambda path, node: with_flags(node, flags(node) | {f"reuse={GLOBAL}"}) if path in chosen else node
    )


def _alike(tree: Tree) -> Tree:
    """The Execs in one container have what they must have in common: what is said below its NEW is left out."""
    drop = {path for path, node, shared in _shared(tree) if shared and not attributes.value(node, "reuse")}

    def change(path: str, node: Tree) -> Tree:
        if path not in drop:
            return node
        return with_flags(node, frozenset(f for f in flags(node) if attributes.word(f) not in OF_CONTAINER))

    return rebuild(tree, change)
