"""What there is about Lazies in a tree, so far as it really happens; and how many trees had what, as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from . import attributes
from .attempts import DONE, Expected, predict
from .trees import (
    BY_COMMAND,
    EXECUTE,
    GENERATE,
    KEEP_GOING,
    LAZY,
    SKIP,
    SUPPRESS,
    Tree,
    children,
    flags,
    join,
    pairs,
)

_Holds = Callable[[str, Tree, Expected], bool]


def had(tree: Tree) -> set[str]:
    """The rows of the table that a tree is in: what never has its turn counts for nothing."""
    expected = predict(tree)
    lazies = {path: pair for path, pair in pairs(tree).items() if path in expected.turns}
    return {what for what, holds in _HAS.items() if any(holds(path, pair, expected) for path, pair in lazies.items())}


def table(trees: Sequence[Tree]) -> str:
    """How many of the trees had what, for people."""
    found = [had(tree) for tree in trees]
    return "\n".join(f"{sum(what in one for one in found):5} of {len(found)} trees: {what}" for what in _HAS)


def _generates(path: str, _pair: Tree, expected: Expected) -> bool:
    return bool(expected.runs[join(path, GENERATE)])


def _made(path: str, pair: Tree, expected: Expected) -> bool:
    """Whether what it generated was taken at last."""
    return _generates(path, pair, expected) and expected.attempts[join(path, GENERATE)][-1] == DONE


def _failed(path: str, pair: Tree, expected: Expected) -> bool:
    return _generates(path, pair, expected) and not _made(path, pair, expected)


def _first(pair: Tree) -> Tree:
    return children(pair)[0]


def _root(pair: Tree) -> Tree:
    return children(pair)[1]


def _says(node: Tree, *words: str) -> bool:
    return bool({attributes.word(flag) or flag for flag in flags(node)} & set(words))


_AROUND = (SKIP, SUPPRESS, KEEP_GOING, "retries")

NESTED = "a Lazy in what a Lazy generates"
DEEP = "the same, three deep"
FAILING = "a failing Generate"
EMPTY = "an empty root generated"
AROUND = "skip, suppress_errors, retries or stop_on_error=False on the pair"
STRING = "a Lazy in string form"
SKIPPED = "a Generate that is skipped"

_HAS: Mapping[str, _Holds] = {
    NESTED: lambda path, pair, expected: f"/{EXECUTE}/" in f"{path}/" and _generates(path, pair, expected),
    DEEP: lambda path, pair, expected: f"{path}/".count(f"/{EXECUTE}/") > 1 and _generates(path, pair, expected),
    FAILING: _failed,
    "the same, forgiven": lambda path, pair, expected: (
        SUPPRESS in flags(_first(pair)) and _failed(path, pair, expected)
    ),
    EMPTY: lambda path, pair, expected: not children(_root(pair)) and _made(path, pair, expected),
    AROUND: lambda _path, pair, _expected: _says(pair, *_AROUND),
    "of these, on the generated root": lambda path, pair, expected: (
        _says(_root(pair), *_AROUND) and _made(path, pair, expected)
    ),
    STRING: lambda path, pair, expected: BY_COMMAND in flags(pair) and _generates(path, pair, expected),
    "a Lazy as all that is generated": lambda path, pair, expected: (
        LAZY in flags(_root(pair)) and _made(path, pair, expected)
    ),
    SKIPPED: lambda _path, pair, _expected: SKIP in flags(_first(pair)),
    "a Generate that is tried again": lambda path, pair, expected: (
        len(expected.runs[join(path, GENERATE)]) > 1 and _says(_first(pair), "retries")
    ),
    "a pair that is tried again": lambda path, pair, expected: (
        len(expected.attempts.get(path, ())) > 1 and _says(pair, "retries")
    ),
    "env, image or cpu on the generated root": lambda path, pair, expected: (
        _says(_root(pair), "env", "image", "cpu") and _made(path, pair, expected)
    ),
}
#: In so many of a hundred trees this is drawn for certain; in others it may be.
WISHES: Mapping[str, int] = {NESTED: 40, DEEP: 6, FAILING: 16, EMPTY: 10, AROUND: 15, STRING: 15, SKIPPED: 4}
