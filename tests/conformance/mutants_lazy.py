"""Ways for a compiler to be wrong about Lazies, as rewritings of trees: see `mutants`.

Most write down from the beginning what should be generated, and then do with it what a right compiler would not. Each has a tree
here that gives it away on the targets that can show it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from . import attributes, together
from .attempts import predict
from .attributes import NEW
from .mutants import Change, mutant
from .mutants_attributes import Wrong, mutated
from .observe import UNTAKEN
from .reference import FAILING
from .runner import Runner
from .shell import RunnerError
from .strategy_lazy import able
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
    join,
    kind,
    name,
    pairs,
    parallel,
    serial,
    walk,
    with_children,
    with_flags,
)

_HERE = ("make-host", "make-docker")
_IN_CONTAINERS = ("make-docker",)
_PLAIN = frozenset({SKIP, SUPPRESS, KEEP_GOING})

#: From a Lazy, its Generate and its generated root to what stands for it.
_Rule = Callable[[Tree, Tree, Tree], Tree]


def _of_pairs(rule: _Rule) -> Callable[[Tree], Change]:
    return lambda _: lambda _, node: rule(node, *children(node)) if LAZY in flags(node) else node


def _known(pair: Tree, first: Tree, root: Tree) -> Tree:
    """The pair as if all had been known from the beginning."""
    return with_flags(with_children(pair, (first, root)), flags(pair) - {LAZY, BY_COMMAND})


def _more(node: Tree, *new: str) -> Tree:
    return with_flags(node, flags(node) | set(new))


def _less(node: Tree, *words: str) -> Tree:
    """A node that does not say these."""
    return with_flags(node, frozenset(flag for flag in flags(node) if (attributes.word(flag) or flag) not in words))


def _said(node: Tree, *words: str) -> frozenset[str]:
    return frozenset(flag for flag in flags(node) if attributes.word(flag) in words)


def _too_early(pair: Tree, first: Tree, root: Tree) -> Tree:
    return parallel(name(pair), (first, root), *flags(pair) - {LAZY, BY_COMMAND, KEEP_GOING})


def _only_execute_again(pair: Tree, first: Tree, root: Tree) -> Tree:
    again = _said(pair, "retries")
    if not again or _said(root, "retries"):
        return pair
    return with_children(_less(pair, "retries"), (first, _more(root, *again)))


def _of_the_first(pair: Tree, first: Tree, root: Tree) -> Tree:
    own = attributes.env(root)
    lent = (flag for flag in _said(first, "env", "secret") if attributes.variable(flag) not in own)
    return _known(pair, first, _more(root, *lent))


def _other_kind(pair: Tree, first: Tree, root: Tree) -> Tree:
    if LAZY in flags(root):
        return pair
    turned = parallel if kind(root) == "serial" else serial
    return with_children(pair, (first, turned(name(root), children(root), *flags(root) - {KEEP_GOING})))


def _failure_is_done(pair: Tree, first: Tree, root: Tree) -> Tree:
    return with_children(pair, (_more(first, SUPPRESS) if behaviour(first) in FAILING else first, root))


def _first_printed_counts(pair: Tree, first: Tree, root: Tree) -> Tree:
    return _known(pair, first, root) if behaviour(first) in UNTAKEN else pair


def _empty_fails(pair: Tree, first: Tree, root: Tree) -> Tree:
    return pair if children(root) else _known(pair, first, execute(EXECUTE, "fail", *flags(root) & {SUPPRESS, SKIP}))


def _forgives_generate_alone(pair: Tree, first: Tree, root: Tree) -> Tree:
    return with_children(_less(pair, SUPPRESS), (_more(first, SUPPRESS), root)) if SUPPRESS in flags(pair) else pair


def _not_inherited(*words: str) -> Callable[[Tree], Change]:
    """What is said around a Lazy is not handed on to what it generates."""

    def rewrite(tree: Tree) -> Change:
        inside = {path for pair in pairs(tree) for path in _below(tree, join(pair, EXECUTE))}
        given = predict(tree).given

        def change(path: str, node: Tree) -> Tree:
            if path in inside:
                return node
            held = given.get(path, attributes.NOTHING)
            handed = {f"{form.replace(' ', f':{key}=')}" for key, form in held.env.items() if "env" in words}
            handed |= {f"{word}={text}" for word, text in held.container.items() if word in words}
            return _more(_less(node, *words), *handed) if kind(node) == "exec" else _less(node, *words)

        return change

    return rewrite


def _below(tree: Tree, top: str) -> set[str]:
    return {path for path, _ in walk(tree) if path == top or path.startswith(f"{top}/")}


def _limits_end_there(tree: Tree) -> Change:
    """`max_concurrent` of a node around a Lazy is not heeded."""
    around = {path for path, _ in walk(tree) if any(pair in _below_or_at(path, pair) for pair in pairs(tree))}
    return lambda path, node: _less(node, "max_concurrent") if path in around else node


def _below_or_at(above: str, pair: str) -> set[str]:
    return {pair} if above in ("/", pair) or pair.startswith(f"{above}/") else set()


def _endless(tree: Tree) -> Change:
    """`max_time` of a node around a Lazy is not heeded: what sleeps in what was generated comes to its end."""
    inside = {path for pair in pairs(tree) for path in _below(tree, join(pair, EXECUTE))}
    slept = {path for path, node in walk(tree) if behaviour(node) == "sleeps" and path in inside}

    def change(path: str, node: Tree) -> Tree:
        if path in slept:
            return (*node[:2], "ok", node[3])
        return _less(node, "max_time") if slept and path not in inside else node

    return change


def _nested_is_lost(tree: Tree) -> Change:
    inner = {path for path in pairs(tree) if f"/{EXECUTE}/" in f"{path}/"}
    return lambda path, node: parallel(name(node)) if path in inner else node


def _own_containers(tree: Tree) -> Change:
    """What is generated in a container that is shared gets others."""
    given = predict(tree).given
    shared = {
        p
        for p in pairs(tree)
        if join(p, GENERATE) in given and given[join(p, GENERATE)].shared not in ("", join(p, GENERATE))
    }
    roots = {join(pair, EXECUTE) for pair in shared}
    return lambda path, node: (
        _more(node, f"reuse={attributes.GLOBAL}") if path in roots and not _said(node, "reuse") else node
    )


def _pair(
    *inner: Tree, does: str = "ok", first: tuple[str, ...] = (), pair: tuple[str, ...] = (), root: tuple[str, ...] = ()
) -> Tree:
    """A Lazy that generates a Parallel of these, and something behind it."""
    made = (execute(GENERATE, does, *first), parallel(EXECUTE, inner, *root))
    return able(serial("", (serial("l", made, LAZY, *pair), execute("after"))))


def _serial(*inner: Tree, root: tuple[str, ...] = ()) -> Tree:
    made = (execute(GENERATE), serial(EXECUTE, inner, *root))
    return able(serial("", (serial("l", made, LAZY), execute("after")), KEEP_GOING))


A, B, BAD = execute("a"), execute("b"), execute("bad", "fail")

WRONG: Mapping[str, Wrong] = {
    "Execute starts before Generate ended": Wrong(mutant(_of_pairs(_too_early)), _pair(A), _HERE),
    "Generate is not run again with its pair": Wrong(
        mutant(_of_pairs(_only_execute_again)), _pair(execute("a", "flaky1"), pair=("retries=1",)), _HERE
    ),
    "a Generate is not tried again": Wrong(
        mutant(_of_pairs(lambda pair, first, root: with_children(pair, (_less(first, "retries"), root)))),
        _pair(A, does="flaky1", first=("retries=1",)),
        _HERE,
    ),
    "env is not handed on to what is generated": Wrong(
        mutant(_not_inherited("env", "secret")), _pair(A, pair=("env:V0=0",)), _HERE
    ),
    "the image is not handed on to what is generated": Wrong(
        mutant(_not_inherited("image")), _pair(A, pair=("image=local/bash:1",)), _IN_CONTAINERS
    ),
    "what is generated inherits from Generate": Wrong(
        mutant(_of_pairs(_of_the_first)), _pair(A, first=("env:V0=2",)), _HERE
    ),
    "env of the generated root is lost": Wrong(
        mutant(_of_pairs(lambda pair, first, root: with_children(pair, (first, _less(root, "env", "secret"))))),
        _pair(A, pair=("env:V0=2",), root=("env:V0=0",)),
        _HERE,
    ),
    "skip, suppress_errors, stop_on_error of the generated root are lost": Wrong(
        mutant(_of_pairs(lambda pair, first, root: with_children(pair, (first, _less(root, *_PLAIN))))),
        _serial(BAD, A, root=(KEEP_GOING,)),
        _HERE,
    ),
    "the generated root is of the kind that was told before": Wrong(
        mutant(_of_pairs(_other_kind)), _serial(execute("a", "fail"), B), _HERE
    ),
    "a failing Generate counts as done": Wrong(mutant(_of_pairs(_failure_is_done)), _pair(A, does="nothing"), _HERE),
    "a forgiven Generate fails its pair": Wrong(
        mutant(_of_pairs(lambda pair, first, root: with_children(pair, (_less(first, SUPPRESS), root)))),
        _pair(A, does="raises", first=(SUPPRESS,)),
        _HERE,
    ),
    "a pipeline that cannot be taken is run": Wrong(
        mutant(_of_pairs(_first_printed_counts)), _pair(A, does="late", first=(SUPPRESS,)), _HERE
    ),
    "an empty generated root counts as failed": Wrong(mutant(_of_pairs(_empty_fails)), _pair(), _HERE),
    "what a skipped Generate would make is run": Wrong(
        mutant(_of_pairs(lambda pair, first, root: _known(pair, first, root) if SKIP in flags(first) else pair)),
        _pair(A, first=(SKIP,)),
        _HERE,
    ),
    "suppress_errors of the pair is of its Generate alone": Wrong(
        mutant(_of_pairs(_forgives_generate_alone)), _pair(BAD, pair=(SUPPRESS,)), _HERE
    ),
    "max_concurrent around it does not hold for what is generated": Wrong(
        mutant(_limits_end_there), _pair(A, B, pair=("max_concurrent=1",)), _HERE
    ),
    "max_time around it does not hold for what is generated": Wrong(
        mutant(_endless), _pair(execute("a", "sleeps"), pair=("max_time=10",)), _HERE
    ),
    "a Lazy in what a Lazy generates makes nothing": Wrong(
        mutant(_nested_is_lost), _pair(serial("in", (execute(GENERATE), parallel(EXECUTE, (A,))), LAZY)), _HERE
    ),
    "what is generated may ask for anything": Wrong(
        mutant(_of_pairs(_known)), _pair(execute("a", "ok", "secret:V0=A")), _HERE
    ),
    "NEW around it does not hold for what is generated": Wrong(
        mutant(_own_containers), _pair(A, pair=(f"reuse={NEW}",)), _IN_CONTAINERS
    ),
}


def shown(target: str, besides: str = "") -> dict[str, Wrong]:
    """The mutants that a target can show, and the target `besides` cannot."""
    return {
        called: wrong for called, wrong in WRONG.items() if target in wrong.targets and besides not in wrong.targets
    }


def hunt(runner: Runner, besides: str = "") -> dict[str, list[str]]:
    """What gives each mutant away that is `shown`: the complaints; RunnerError where a job cannot be run."""
    chosen = shown(runner.name, besides)
    jobs = [mutated(wrong.tree, wrong) for wrong in chosen.values()]
    found = {}
    for called, (_, run, said) in zip(chosen, together.outcomes(runner, jobs, again=False), strict=True):
        if run.error or run.refused:
            raise RunnerError(f"{called}: {said}")
        found[called] = said
    return found
