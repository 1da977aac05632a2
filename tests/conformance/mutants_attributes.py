"""Ways for a compiler to be wrong about attributes, as rewritings of trees: see `mutants`.

Each has a tree here that gives it away on the targets that can show it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from . import attributes
from .attempts import predict
from .job import Job, slowed
from .mutants import Change, Mutated, mutant
from .runner import Runner, outcomes
from .shell import RunnerError
from .trees import (
    KEEP_GOING,
    SUPPRESS,
    Tree,
    behaviour,
    children,
    execute,
    flags,
    join,
    kind,
    name,
    parallel,
    serial,
    walk,
    with_flags,
)

EVERYWHERE = ("make-host", "make-docker", "github-host", "github-docker", "argo")
_GROUPS = ("make-host", "make-docker")
_IMAGES = ("make-docker", "github-docker")


def _without(node: Tree, *words: str) -> Tree:
    """A node that does not say these."""
    return with_flags(node, frozenset(flag for flag in flags(node) if attributes.word(flag) not in words))


def _doing(node: Tree, does: str) -> Tree:
    return (*node[:2], does, node[3])


def _first_outcome(tree: Tree) -> Change:
    """All attempts are made, and if the first failed, so did the node."""
    attempts = predict(tree).attempts

    def change(path: str, node: Tree) -> Tree:
        made = attempts.get(path, ())
        if len(made) < 2 or len(made) > 1 + attributes.number(node, "retries"):
            return node
        once = with_flags(_without(node, "retries"), flags(_without(node, "retries")) - {SUPPRESS})
        return serial(name(node), (once,) * len(made), KEEP_GOING, *flags(node) & {SUPPRESS})

    return change


def _dropped(*words: str) -> Callable[[Tree], Change]:
    return lambda _: lambda _, node: _without(node, *words)


def _suppressed_first(_tree: Tree) -> Change:
    return lambda _, node: _without(node, "retries") if SUPPRESS in flags(node) else node


def _parents_env(tree: Tree) -> Change:
    """What a node above gives stands, whatever the child says."""
    above: dict[str, Mapping[str, str]] = {"/": {}}
    for path, node in walk(tree):
        given = {**attributes.env(node), **above[path]}
        above.update({join(path, name(child)): given for child in children(node)})

    def change(path: str, node: Tree) -> Tree:
        kept = frozenset(flag for flag in flags(node) if attributes.variable(flag) not in above[path])
        return with_flags(node, kept)

    return change


def _roots_image(_tree: Tree) -> Change:
    return lambda path, node: node if path == "/" else _without(node, "image")


def _endless(_tree: Tree) -> Change:
    """No limit: what sleeps comes to its end."""

    def change(_path: str, node: Tree) -> Tree:
        if behaviour(node) == "sleeps":
            node = _doing(node, "ok")
        return _without(node, "max_time") if attributes.short(node) else node

    return change


def _only_one_killed(_tree: Tree) -> Change:
    """A group's limit ends the command that is too slow, and nothing else."""

    def change(_path: str, node: Tree) -> Tree:
        if behaviour(node) == "sleeps" and not attributes.short(node):
            return _doing(node, "kill")
        return _without(node, "max_time") if attributes.short(node) and kind(node) != "exec" else node

    return change


def _missing_is_empty(_tree: Tree) -> Change:
    empty = attributes.VALUES.index("")

    def change(_path: str, node: Tree) -> Tree:
        missing = f"={attributes.MISSING}"
        new = {f"env:{attributes.variable(f)}={empty}" if f.endswith(missing) else f for f in flags(node)}
        return with_flags(node, frozenset(new))

    return change


def _one_container(tree: Tree) -> Change:
    """A further attempt of an Exec is made in the container of the one before."""
    given = predict(tree).given

    def change(path: str, node: Tree) -> Tree:
        alone = kind(node) == "exec" and path in given and not given[path].shared
        if not alone or not attributes.number(node, "retries"):
            return node
        return serial(name(node), (_without(node, "reuse"),), f"reuse={attributes.NEW}")

    return change


def _escape_ignored(_tree: Tree) -> Change:
    return lambda _, node: _without(node, "reuse") if attributes.value(node, "reuse") == attributes.GLOBAL else node


@dataclass(frozen=True)
class Wrong:
    """A mutant, the tree that gives it away, and where it does."""

    mutate: Callable[[Tree], Mutated]
    tree: Tree
    targets: tuple[str, ...] = EVERYWHERE


_FLAKY = serial("", (execute("a", "flaky1", "retries=1"), execute("b")))
_TWO = (execute("a"), execute("b"))

WRONG: Mapping[str, Wrong] = {
    "retry keeps the first outcome": Wrong(mutant(_first_outcome), _FLAKY),
    "retries are ignored": Wrong(mutant(_dropped("retries")), _FLAKY),
    "suppress_errors before retries": Wrong(
        mutant(_suppressed_first), serial("", (execute("a", "fail", "retries=1", SUPPRESS), execute("b")))
    ),
    "retries of a group are ignored": Wrong(
        mutant(lambda _: lambda _, n: _without(n, "retries") if kind(n) != "exec" else n),
        serial("", (execute("x"), execute("a", "flaky1")), "retries=1"),
        (*_GROUPS, "argo"),
    ),
    "env of the parent wins": Wrong(mutant(_parents_env), serial("", (execute("a", "ok", "env:V0=2"),), "env:V0=0")),
    "env is not inherited": Wrong(
        mutant(lambda _: lambda _, n: _without(n, "env", "secret") if kind(n) != "exec" else n),
        serial("", (execute("a", "ok", "env:V1=2"),), "env:V0=0", "secret:V2=A"),
    ),
    "a missing secret is empty": Wrong(
        mutant(_missing_is_empty), parallel("", (execute("a", "ok", f"secret:V0={attributes.MISSING}"), execute("b")))
    ),
    "image of the root wins": Wrong(
        mutant(_roots_image),
        serial("", (execute("a", "ok", "image=local/debian:1"),), "image=local/bash:1"),
        _IMAGES,
    ),
    "max_time is ignored": Wrong(mutant(_endless), serial("", (execute("a", "sleeps", "max_time=3"), execute("b")))),
    "a late group goes on": Wrong(
        mutant(_only_one_killed),
        serial("", (execute("a", "sleeps"), execute("b")), KEEP_GOING, "max_time=10"),
        _GROUPS,
    ),
    "max_concurrent is ignored": Wrong(
        mutant(_dropped("max_concurrent")), parallel("", _TWO, "max_concurrent=1"), (*_GROUPS, "argo")
    ),
    "NEW is ignored": Wrong(mutant(_dropped("reuse")), serial("", _TWO, "reuse=NEW"), ("make-docker",)),
    "GLOBAL is ignored": Wrong(
        mutant(_escape_ignored),
        serial("", (execute("a"), execute("b", "ok", "reuse=GLOBAL")), "reuse=NEW"),
        ("make-docker",),
    ),
    "a further attempt in the same container": Wrong(mutant(_one_container), _FLAKY, ("make-docker",)),
}


def mutated(tree: Tree, wrong: Wrong) -> Job:
    """The job of a tree as the mutant would compile it, held against what was meant."""
    made = wrong.mutate(tree)
    return Job(made.tree, made.origin, slowed(tree), meant=tree)


def hunt(runner: Runner) -> dict[str, list[str]]:
    """What gives each mutant away that the target can show: the complaints; RunnerError where a job cannot be run."""
    chosen = {called: wrong for called, wrong in WRONG.items() if runner.name in wrong.targets}
    found = {}
    for called, (_, run, said) in zip(
        chosen, outcomes(runner, [mutated(wrong.tree, wrong) for wrong in chosen.values()]), strict=True
    ):
        if run.error or run.refused:
            raise RunnerError(f"{called}: {said}")
        found[called] = said
    return found


def table(caught: Mapping[str, Mapping[str, Sequence[str]]], wrong: Mapping[str, Wrong] = WRONG) -> str:
    """Mutants by targets: whether it was caught, where the target can show it."""
    words = {True: "caught", False: "SURVIVED"}

    def shown(found: Mapping[str, Sequence[str]], called: str) -> str:
        return words[bool(found[called])] if called in found else "-"

    rows = [["mutant", *caught], *([called, *(shown(found, called) for found in caught.values())] for called in wrong)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(f"{word:{width}}" for word, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
