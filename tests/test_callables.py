"""What a function is: its parameters, where it stands, and whether a command line can call it."""

from __future__ import annotations

import functools
import os
import sys
import types
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import conducto as co
from conducto import callables, hints
from conducto.diagnostics import ConductoTypeError
from conducto.kinds import INT
from tests import callables_helper
from tests.callables_helper import helped


def plain(a, b=2, *, c="x"):  # type: ignore[no-untyped-def]
    return (a, b, c)


def rest(a: int, *more: int, key: bool = False, **others: float) -> None:
    pass


def unresolvable(n: "Missing", m: "int" = 3) -> None:  # type: ignore[name-defined]  # noqa: F821, UP037
    pass


def noted(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*words: Any, **named: Any) -> Any:
        return function(*words, **named)

    return call


@noted
@noted
def decorated(
    first: int,
    second: int,
) -> None:
    pass


async def waits() -> None:
    pass


class Holder:
    def method(self, inside: int) -> None:
        pass


@pytest.mark.parametrize(
    ("function", "parameter", "wanted"),
    [
        (plain, None, "plain"),
        (plain, "c", "c"),
        (decorated, None, "decorated"),
        (decorated, "second", "second: int"),
        (waits, None, "waits"),
        (Holder.method, "inside", "inside: int"),
        (functools.lru_cache(plain), None, "plain"),
    ],
)
def test_where_a_function_stands(function: Callable[..., Any], parameter: str | None, wanted: str) -> None:
    place = callables.where_defined(function, parameter)
    assert place is not None
    assert place.text[place.column : place.end_column] == wanted


def test_a_function_of_no_file_stands_nowhere() -> None:
    assert callables.where_defined(len) is None
    names: dict[str, Any] = {}
    exec("def f(): pass", names)
    place = callables.where_defined(names["f"])
    assert place is not None
    assert (place.file, place.line) == ("<string>", 1)


def test_parameters() -> None:
    assert callables.parameters(plain) == {"a", "b", "c"}
    assert callables.parameters(rest) == {"a", "key"}
    assert callables.parameters("no function") == frozenset()
    facts = callables.facts(rest)
    assert (facts.required, facts.by_position, facts.rest, facts.others) == (("a",), ("a",), "more", "others")
    assert facts.kinds["a"] is INT


def test_facts_are_read_once_unless_a_hint_cannot_be_read_yet() -> None:
    assert callables.facts(plain) is callables.facts(plain)
    names: dict[str, Any] = {}
    exec("def late(n: 'Number'): pass", names)
    assert callables.facts(names["late"]).kinds["n"].name == "str"
    names["Number"] = int
    assert callables.facts(names["late"]).kinds["n"] is INT
    assert callables.facts(names["late"]) is callables.facts(names["late"])


def test_hints_that_cannot_be_read_are_left_out() -> None:
    assert hints.hints(unresolvable) == {"m": int, "return": None}
    assert hints.hints(plain) == {}


def test_a_hint_that_only_newer_pythons_read() -> None:
    """`int | None` as a text, which Python 3.9 does not evaluate: read as a Union by hand."""
    union = hints._unions()
    import ast

    read = ast.fix_missing_locations(union.visit(ast.parse("list[int | None] | str", mode="eval")))
    assert ast.unparse(read) == "typing.Union[list[typing.Union[int, None]], str]"


# --- whether a command line can call it -------------------------------------------------------------------------------


@noted
def wrapped(n: int) -> None:
    pass


@functools.lru_cache
def cached(n: int) -> int:
    return n


async def coroutine() -> None:
    pass


alias = plain


def test_where_a_command_line_finds_it() -> None:
    here = os.path.realpath(__file__)
    helper = os.path.realpath(callables_helper.__file__)
    assert callables.called(plain)[0] == (here, "plain")
    assert callables.called(wrapped)[0] == (here, "wrapped")
    assert callables.called(cached)[0] == (here, "cached")
    assert callables.called(coroutine)[0] == (here, "coroutine")
    assert callables.called(alias)[0] == (here, "plain")
    assert callables.called(helped)[0] == (helper, "helped")
    assert callables.called(callables_helper.wrapped_there)[0] == (helper, "wrapped_there")


def test_links_are_followed(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (real / "linked_module.py").write_text("def f():\n    pass\n")
    (tmp_path / "link").symlink_to(real)
    sys.path.insert(0, str(tmp_path / "link"))
    try:
        import linked_module  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    assert callables.called(linked_module.f)[0] == (os.path.realpath(real / "linked_module.py"), "f")


def generator(n: int) -> Iterator[int]:
    yield n


async def slow_generator(n: int) -> AsyncIterator[int]:
    yield n


@pytest.mark.parametrize("function", [generator, slow_generator])
def test_a_generator_would_run_nothing(function: Callable[..., Any]) -> None:
    with pytest.raises(ConductoTypeError, match="is a generator, of which a call runs nothing"):
        co.Exec(function, 1)


def _private() -> None:
    pass


def replaced() -> None:
    pass


first = replaced


def replaced() -> None:  # type: ignore[no-redef]  # noqa: F811
    pass


def gone() -> None:
    pass


kept = gone
del gone


def unwrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    def inner() -> Any:
        return function()

    return inner


@unwrapped
def decorated_without_wraps() -> None:
    pass


class Callable_:
    def __call__(self) -> None:
        pass

    @staticmethod
    def static() -> None:
        pass

    @classmethod
    def of_class(cls) -> None:
        pass

    def method(self) -> None:
        pass


def nested() -> Callable[..., Any]:
    def inside() -> None:
        pass

    return inside


double = lambda n: 2 * n  # noqa: E731
in_no_file: dict[str, Any] = {"__name__": "in_no_file_of_tests"}
exec("def nowhere(): pass", in_no_file)
sys.modules["in_no_file_of_tests"] = types.ModuleType("in_no_file_of_tests")
vars(sys.modules["in_no_file_of_tests"]).update(in_no_file)
TOP = "define it at the top of its file, or (for a decorator) use `functools.wraps` in"
CALLS = "write a function at the top of a file that calls it"


@pytest.mark.parametrize(
    ("code", "function", "message", "help_"),
    [
        ("C140", Callable_, "`Callable_` is a class, and a command line calls functions alone", CALLS),
        ("C140", int, "`int` is a class, and a command line calls functions alone", CALLS),
        (
            "C140",
            double,
            "a lambda has no name that a command line could call",
            "write it as a function: `def ...`",
        ),
        (
            "C140",
            nested(),
            "`inside` is defined inside `nested`, where a command line cannot reach it",
            f"{TOP} `nested`",
        ),
        (
            "C140",
            decorated_without_wraps,
            "`inner` is defined inside `unwrapped`, where a command line cannot reach it",
            f"{TOP} `unwrapped`",
        ),
        (
            "C140",
            _private,
            "`_private` is private: a command line calls no name that begins with `_`",
            "call it `private`",
        ),
        (
            "C140",
            Callable_().method,
            "`method` is a method, and a command line has no object to call it on",
            CALLS,
        ),
        ("C140", Callable_.of_class, "`of_class` is a method, and a command line has no object to call it on", CALLS),
        (
            "C140",
            Callable_.static,
            "`static` is a method of `Callable_`, and a command line has no object to call it on",
            CALLS,
        ),
        (
            "C140",
            Callable_.method,
            "`method` is a method of `Callable_`, and a command line has no object to call it on",
            CALLS,
        ),
        (
            "C140",
            functools.partial(plain, 1),
            "a partial has no name that a command line could call",
            "give its arguments here: `co.Exec(plain, ...)`",
        ),
        ("C140", len, "<built-in function len> is no function that a Python file defines", CALLS),
        (
            "C140",
            first,
            "`replaced` cannot be called by its name: its file has another thing under that",
            "give each function a name of its own at the top of its file",
        ),
        (
            "C140",
            kept,
            "`gone` cannot be called by its name: its file has nothing under that",
            "give each function a name of its own at the top of its file",
        ),
        (
            "C140",
            in_no_file["nowhere"],
            "`nowhere` is defined in no file, so nothing can call it later",
            "write it into a file",
        ),
        (
            "C141",
            rest,
            "`rest` takes `*more`, and a command line cannot say what goes there",
            "write a function that names each parameter, and calls `rest`",
        ),
    ],
)
def test_what_no_command_line_can_call(code: str, function: Any, message: str, help_: str) -> None:
    with pytest.raises(ConductoTypeError) as found:
        co.Exec(function, 1, n=2, cpu=3)
    (diagnostic,) = found.value.diagnostics
    assert (diagnostic.code, diagnostic.message, diagnostic.help) == (code, message, help_)
    place = diagnostic.location
    assert place is not None
    assert place.text[place.column : place.end_column] == "function"
