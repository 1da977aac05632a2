"""Ways for a compiler to be wrong, as rewritings of trees.

What a wrong compiler would make of a tree, a right one makes of the rewritten tree. That one is really compiled and
run, and its run is held against the meaning of the tree that was given: the kit catches the mutant if it complains.
A rewriting that leaves a tree as it is says nothing about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .reference import predict
from .trees import (
    KEEP_GOING,
    SKIP,
    SUPPRESS,
    Tree,
    children,
    execute,
    flags,
    fold,
    hushed,
    idle,
    join,
    kind,
    name,
    parallel,
    rebuild,
    renamed,
    serial,
    walk,
    with_children,
    with_flags,
)


@dataclass(frozen=True)
class Mutated:
    """A rewritten tree, and which exec of the original each of its execs is."""

    tree: Tree
    origin: Mapping[str, str]  # path in `tree` -> path in the original; an exec that is not in it prints nothing


class _Marked(str):
    """An exec's name that remembers where it came from."""

    __slots__ = ("origin",)
    origin: str

    @classmethod
    def of(cls, called: str, origin: str) -> _Marked:
        """The name with its mark."""
        made = cls(called)
        made.origin = origin
        return made


Change = Callable[[str, Tree], Tree]


def mutant(rewrite: Callable[[Tree], Change]) -> Callable[[Tree], Mutated]:
    """From a rule (made for a tree: `change(original path, node with new children)`) to the mutant."""

    def mutate(tree: Tree) -> Mutated:
        marked = rebuild(tree, lambda path, n: renamed(n, _Marked.of(name(n), path)) if kind(n) == "exec" else n)
        settled = fold(rebuild(marked, rewrite(tree)), _settle)
        origin = {path: node[1].origin for path, node in walk(settled) if isinstance(node[1], _Marked)}
        return Mutated(settled, origin)

    return mutate


def _settle(path: str, node: Tree, parts: list[Tree]) -> Tree:
    """Give siblings of one name different ones; the root none."""
    taken: set[str] = set()
    distinct = []
    for part in parts:
        called = str(part[1]) or "root"
        while called in taken:
            called += "'"
        taken.add(called)
        distinct.append(_called(part, called))
    whole = with_children(node, tuple(distinct))
    return _called(whole, "") if path == "/" else whole


def _called(node: Tree, new: str) -> Tree:
    """The node under another name, its mark kept."""
    return renamed(node, _Marked.of(new, node[1].origin) if isinstance(node[1], _Marked) else new)


def _going(node: Tree) -> list[str]:
    return [KEEP_GOING] if KEEP_GOING in flags(node) else []


def _runs(node: Tree, wanted: str) -> bool:
    return kind(node) == wanted and SKIP not in flags(node)


def _loosened(split: Callable[[tuple[Tree, ...]], tuple[list[Tree], list[Tree]]]) -> Change:
    """Of a Parallel stage, the children that `split` gives first are no longer awaited by the stages after it."""

    def change(_path: str, node: Tree) -> Tree:
        if not _runs(node, "serial"):
            return node
        rest: list[Tree] = []
        for stage in reversed(children(node)):
            loose, awaited = split(children(stage)) if _runs(stage, "parallel") else ([], [])
            if rest and loose:
                then = serial("then", (with_children(stage, tuple(awaited)), *rest), *_going(node))
                rest = [parallel("loose", (with_children(stage, tuple(loose)), then))]
            else:
                rest.insert(0, stage)
        return with_children(node, tuple(rest))

    return change


def _direct_only(_tree: Tree) -> Change:
    return _loosened(lambda nodes: ([n for n in nodes if kind(n) != "exec"], [n for n in nodes if kind(n) == "exec"]))


def _last_only(_tree: Tree) -> Change:
    return _loosened(lambda nodes: (list(nodes[:-1]), list(nodes[-1:])))


def _inverted(_tree: Tree) -> Change:
    return lambda _, node: with_flags(node, flags(node) ^ {KEEP_GOING}) if kind(node) == "serial" else node


def _suppressed_stops(_tree: Tree) -> Change:
    return lambda path, node: node if path == "/" else with_flags(node, flags(node) - {SUPPRESS})


def _suppressed_last_dropped(_tree: Tree) -> Change:
    def change(_path: str, node: Tree) -> Tree:
        kept = children(node)
        return with_children(node, kept[:-1]) if kept and SUPPRESS in flags(kept[-1]) else node

    return change


def _stopped_runs_anyway(tree: Tree) -> Change:
    inside: set[str] = set()  # suppressed nodes and all below them
    for path, node in walk(tree):
        if path in inside or SUPPRESS in flags(node):
            inside |= {path, *(join(path, name(child)) for child in children(node))}
    return lambda path, n: with_flags(n, flags(n) | {KEEP_GOING}) if path in inside and kind(n) == "serial" else n


def _skip_fails(_tree: Tree) -> Change:
    def change(_path: str, node: Tree) -> Tree:
        return execute(name(node), "fail", *flags(node) & {SUPPRESS}) if SKIP in flags(node) else node

    return change


def _idle_unties(tree: Tree) -> Change:
    nothing = idle(tree)

    def change(path: str, node: Tree) -> Tree:
        if not _runs(node, "serial"):
            return node
        chains: list[list[Tree]] = [[]]
        for child in children(node):
            if join(path, name(child)) in nothing:
                chains.append([])
            else:
                chains[-1].append(child)
        chains = [chain for chain in chains if chain]
        if len(chains) < 2:
            return node
        untied = tuple(serial("chain", tuple(chain), *_going(node)) for chain in chains)
        return parallel(name(node), untied, *flags(node) - {KEEP_GOING})

    return change


def _fail_fast(tree: Tree) -> Change:
    fails = predict(tree).fails

    def change(path: str, node: Tree) -> Tree:
        if kind(node) != "parallel":
            return node
        failing = [c for c in children(node) if join(path, name(c)) in fails and not flags(c) & {SKIP, SUPPRESS}]
        others = [child for child in children(node) if child not in failing]
        return serial(name(node), (failing[0], *others), *flags(node)) if failing and others else node

    return change


def _last_status(_tree: Tree) -> Change:
    def change(_path: str, node: Tree) -> Tree:
        if kind(node) == "exec" or (kind(node) == "serial" and KEEP_GOING not in flags(node)):
            return node
        *others, last = children(node) or ((),)
        forgiven = [with_flags(child, flags(child) | {SUPPRESS}) for child in others]
        return with_children(node, (*forgiven, last)) if forgiven else node

    return change


def _twice(tree: Tree) -> Change:
    starts = predict(tree).starts
    chosen = [path for path, _ in walk(tree) if path in starts][-1:]

    def change(path: str, node: Tree) -> Tree:
        if path not in chosen:
            return node
        once = with_flags(node, frozenset())
        return serial(name(node), (once, once), KEEP_GOING, *flags(node))

    return change


def _alphabetical(_tree: Tree) -> Change:
    def change(_path: str, node: Tree) -> Tree:
        return with_children(node, tuple(sorted(children(node), key=name))) if kind(node) == "serial" else node

    return change


def _behind_runs(tree: Tree) -> Change:
    return _beside_failure(tree, lambda behind: [part for part in map(_running_on, behind) if part])


def _forgiven_lets_on(tree: Tree) -> Change:
    return _beside_failure(tree, _behind_forgiven)


def _beside_failure(tree: Tree, choose: Callable[[Sequence[Tree]], Sequence[Tree]]) -> Change:
    """Of a Serial that stops, what `choose` takes of the nodes behind the failure runs after all, and then it stops."""
    expected = predict(tree)

    def change(path: str, node: Tree) -> Tree:
        stops = path in expected.reached and _runs(node, "serial") and KEEP_GOING not in flags(node)
        bad = (join(path, name(c)) in expected.fails and not flags(c) & {SKIP, SUPPRESS} for c in children(node))
        at = next((index for index, is_bad in enumerate(bad) if is_bad), None) if stops else None
        if at is None:
            return node
        failed, behind = children(node)[at], children(node)[at + 1 :]
        running = choose(behind)
        if not running:
            return node
        with_them = serial(name(failed), (failed, *running), KEEP_GOING)
        return with_children(node, (*children(node)[:at], with_them, *behind))

    return change


def _behind_forgiven(nodes: Sequence[Tree]) -> Sequence[Tree]:
    """What stands behind the first node of which no failure counts."""
    at = next((i for i, node in enumerate(nodes) if SKIP not in flags(node) and "/" in hushed(node)), len(nodes))
    rest = tuple(nodes[at + 1 :])
    return [serial("rest", rest)] if rest else []


def _running_on(node: Tree) -> Tree | None:
    """What would run of a node behind a failure if later children of a Serial that goes on had lost it."""
    nothing = idle(node)

    def lost(path: str, node: Tree, parts: list[Tree | None]) -> Tree | None:
        able = [(c, part) for c, part in zip(children(node), parts, strict=True) if join(path, name(c)) not in nothing]
        goes_on = KEEP_GOING in flags(node)
        left = tuple(whole if goes_on and index else part for index, (whole, part) in enumerate(able))
        kept = tuple(part for part in left if part)
        if not kept:
            return None
        return parallel(name(node), kept) if kind(node) == "parallel" else serial(name(node), kept, KEEP_GOING)

    return fold(node, lost)


MUTANTS: Mapping[str, Callable[[Tree], Mutated]] = {
    "waits only for direct children": mutant(_direct_only),
    "waits only for the last child": mutant(_last_only),
    "stop_on_error inverted": mutant(_inverted),
    "a suppressed failure stops its parent": mutant(_suppressed_stops),
    "a suppressed last child dropped": mutant(_suppressed_last_dropped),
    "what a suppressed failure stopped runs anyway": mutant(_stopped_runs_anyway),
    "skip counted as failed": mutant(_skip_fails),
    "a skipped or empty child loses the order": mutant(_idle_unties),
    "fail-fast Parallel": mutant(_fail_fast),
    "status of the last child only": mutant(_last_status),
    "a node run twice": mutant(_twice),
    "alphabetical order": mutant(_alphabetical),
    "what stands behind a failure goes on": mutant(_behind_runs),
    "a suppressed node behind a failure lets the next run": mutant(_forgiven_lets_on),
}
