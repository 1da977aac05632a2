"""The words of a command line, read as a function's arguments."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, List, Optional, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conducto import arguments
from conducto.diagnostics import ConductoError, Diagnostic


def plain(a, b=2, *, c="x"):  # type: ignore[no-untyped-def]
    return (a, b, c)


def typed(flag: bool, n: int, x: float = 0.5, s: str = "", many: list[int] = [], texts: "List[str]" = []) -> None:  # noqa: B006, UP006, UP037
    """Every type that has a spelling."""


ALL_OF_TYPED = "it takes --flag, --n, --x, --s, --many, --texts"


def inferred(flag=False, n=1, x=1.5, s="a", none=None):  # type: ignore[no-untyped-def]
    pass


def optional(a: Optional[int] = None, b: "int | None" = None, c: Union[int, str] = 1) -> None:  # noqa: UP007, UP037
    pass


def with_underscores(num_tests: int = 1, no_cache: bool = False, cache: bool = True) -> None:
    pass


def positional_only(a: int, b: int = 2, /, c: int = 3) -> None:
    pass


def rest(a: int, *more: int, key: bool = False, **others: float) -> None:
    pass


def unresolvable(n: "Missing", m: "int" = 3) -> None:  # type: ignore[name-defined]  # noqa: F821, UP037
    pass


def odd(p: Path, d: Any = 1) -> None:
    pass


def maybe(on: Optional[bool] = None, s: Optional[str] = None) -> None:
    pass


def implicit(n: int = None) -> None:  # type: ignore[assignment]  # noqa: RUF013
    pass


def by_position_alone(a: int = 1, b: int = 2, /) -> None:
    pass


def listed(xs: List[str] = [], from_default=[1]) -> None:  # type: ignore[no-untyped-def]  # noqa: B006
    pass


def helpful(msg: str, help: str = "", n: int = 1, *more: str) -> None:
    pass


def helped(msg: str = "", flag: bool = False, *more: str) -> None:
    pass


def given_(function: Callable[..., Any], *words: str) -> dict[str, Any]:
    """Parameter -> value, as `function` would see them."""
    import inspect

    positional, named = arguments.parse(function, words)
    return dict(inspect.signature(function).bind(*positional, **named).arguments)


@pytest.mark.parametrize(
    ("function", "words", "wanted"),
    [
        (plain, ["--a=1"], {"a": "1"}),
        (plain, ["--a", "1", "--b", "5"], {"a": "1", "b": 5}),
        (plain, ["1", "5", "--c=--d"], {"a": "1", "b": 5, "c": "--d"}),
        (plain, ["--b=5", "1"], {"a": "1", "b": 5}),
        (plain, ["--a="], {"a": ""}),
        (plain, ["--a=x=y"], {"a": "x=y"}),
        (plain, ["-1"], {"a": "-1"}),
        (plain, ["--a", "-1"], {"a": "-1"}),
        (plain, ["--a=1", "--a=2"], {"a": "2"}),
        (plain, ["--"], {"a": "--"}),
        (typed, ["--flag", "--n=3"], {"flag": True, "n": 3}),
        (typed, ["--no-flag", "--n", "-3"], {"flag": False, "n": -3}),
        (typed, ["true", "1", "2", "s"], {"flag": True, "n": 1, "x": 2.0, "s": "s"}),
        (typed, ["--flag=no", "--n=1", "--many=1,2,3"], {"flag": False, "n": 1, "many": [1, 2, 3]}),
        (typed, ["--flag", "--n=1", "--texts=a,b\\,c"], {"flag": True, "n": 1, "texts": ["a", "b,c"]}),
        (
            inferred,
            ["--flag", "--n=2", "--x=3", "--s=4", "--none=5"],
            {"flag": True, "n": 2, "x": 3.0, "s": "4", "none": "5"},
        ),
        (optional, ["--a=1", "--b=2", "--c=3"], {"a": 1, "b": 2, "c": 3}),
        (optional, ["--a=None", "--b", "None", "--c=x"], {"a": None, "b": None, "c": "x"}),
        (optional, ["--c=None"], {"c": "None"}),
        (with_underscores, ["--num-tests=5"], {"num_tests": 5}),
        (with_underscores, ["--num_tests=5", "--no-cache"], {"num_tests": 5, "no_cache": True}),
        (with_underscores, ["--no-no-cache"], {"no_cache": False}),
        (positional_only, ["1", "--c=5"], {"a": 1, "c": 5}),
        (positional_only, ["--a=1", "--b=4"], {"a": 1, "b": 4}),
        (rest, ["1", "2", "3", "--key"], {"a": 1, "more": (2, 3), "key": True}),
        (rest, ["1", "--x-y=1.5", "--z=2"], {"a": 1, "others": {"x_y": 1.5, "z": 2.0}}),
        (unresolvable, ["--n=1", "--m=4"], {"n": "1", "m": 4}),
        (odd, ["a/b", "x"], {"p": Path("a/b"), "d": "x"}),
        (plain, ["--a"], {"a": True}),
        (plain, ["--a", "--b=1"], {"a": True, "b": 1}),
        (plain, ["--no-a"], {"a": False}),
        (plain, ["--a", "--help"], {"a": "--help"}),
        (plain, ["--a", "--d"], {"a": "--d"}),
        (plain, ["--a=None"], {"a": None}),
        (plain, ["--a=none"], {"a": "none"}),
        (plain, ["--a=[]"], {"a": "[]"}),
        (maybe, [], {}),
        (maybe, ["--on", "--s", "-"], {"on": True, "s": "-"}),
        (maybe, ["--no-on"], {"on": False}),
        (maybe, ["--on=None", "--s=None"], {"on": None, "s": None}),
        (maybe, ["--on", "5"], {"on": True, "s": "5"}),
        (implicit, ["--n=None"], {"n": None}),
        (implicit, ["--n=1"], {"n": 1}),
        (by_position_alone, ["--b=5"], {"a": 1, "b": 5}),
        (by_position_alone, ["--a=5"], {"a": 5}),
        (listed, ["--xs=a,,b"], {"xs": ["a", "", "b"]}),
        (listed, ["--xs="], {"xs": []}),
        (listed, ["--xs=\\"], {"xs": [""]}),
        (listed, ["--xs=C:\\dir\\,b"], {"xs": ["C:\\dir,b"]}),
        (listed, ["--xs=C:\\dir\\\\,b"], {"xs": ["C:\\dir\\", "b"]}),
        (listed, ["--xs=C:\\dir\\"], {"xs": ["C:\\dir\\"]}),
        (listed, ["--from_default=1,2"], {"from_default": [1, 2]}),
        (lambda: None, [], {}),
        (functools.partial(plain, 1), ["--b=3"], {"b": 3}),
        (functools.lru_cache(plain), ["--a=3"], {"a": "3"}),
    ],
)
def test_what_words_give(function: Callable[..., Any], words: list[str], wanted: dict[str, Any]) -> None:
    found = given_(function, *words)
    assert found == wanted
    assert [type(value) for value in found.values()] == [type(value) for value in wanted.values()]


@pytest.mark.parametrize("word", ["1", "t", "TRUE", "true", "y", "Yes", "on"])
def test_spellings_of_true(word: str) -> None:
    assert given_(inferred, f"--flag={word}") == {"flag": True}


@pytest.mark.parametrize("word", ["0", "f", "FALSE", "false", "n", "No", "off"])
def test_spellings_of_false(word: str) -> None:
    assert given_(inferred, f"--flag={word}") == {"flag": False}


@pytest.mark.parametrize(
    ("code", "function", "words", "message", "help_", "at"),
    [
        ("C407", plain, [], "`plain` needs a value for its parameter `a`", "add `--a=TEXT`", "a"),
        ("C407", typed, ["--n=1"], "`typed` needs a value for its parameter `flag`", "add `--flag=true`", "flag: bool"),
        ("C407", typed, ["--flag"], "`typed` needs a value for its parameter `n`", "add `--n=1`", "n: int"),
        ("C408", plain, ["--d=1", "--a=1"], "`plain` has no parameter for `--d=1`", "it takes --a, --b, --c", "--d=1"),
        ("C408", typed, ["--flagg"], "`typed` has no parameter for `--flagg`", "did you mean `--flag`?", "--flagg"),
        ("C408", typed, ["--no-n"], "`typed` has no parameter for `--no-n`", ALL_OF_TYPED, "--no-n"),
        (
            "C408",
            typed,
            ["--no-flag=1"],
            "`typed` has no parameter for `--no-flag=1`",
            "did you mean `--flag`?",
            "--no-flag=1",
        ),
        ("C408", plain, ["1", "2", "3"], "`plain` has no parameter left for `3`", "leave it out", "3"),
        ("C408", lambda: None, ["--x"], "`<lambda>` has no parameter for `--x`", "it takes none", "--x"),
        ("C408", rest, ["1", "--flag"], "`rest` has no parameter for `--flag`", "it takes --a, --key", "--flag"),
        ("C409", typed, ["--n=x"], "`x` is no int, which parameter `n` wants", "write `--n=1`", "x"),
        ("C409", typed, ["--n", "x"], "`x` is no int, which parameter `n` wants", "write `--n=1`", "x"),
        ("C409", typed, ["--x=1,5"], "`1,5` is no float, which parameter `x` wants", "write `--x=1.5`", "1,5"),
        (
            "C409",
            typed,
            ["--flag=maybe"],
            "`maybe` is no bool, which parameter `flag` wants",
            "write `--flag=true`",
            "maybe",
        ),
        (
            "C409",
            typed,
            ["--many=1,x"],
            "`1,x` is no list of int, which parameter `many` wants",
            "write `--many=1,2`",
            "1,x",
        ),
        ("C409", typed, ["--n"], "`--n` wants a value", "write `--n=VALUE`", "--n"),
        ("C409", typed, ["--n", "--flag"], "`--n` wants a value", "write `--n=VALUE`", "--n"),
    ],
)
def test_what_is_refused(
    code: str, function: Callable[..., Any], words: list[str], message: str, help_: str, at: str
) -> None:
    with pytest.raises(ConductoError) as found:
        arguments.parse(function, words)
    (diagnostic,) = found.value.diagnostics
    assert (diagnostic.code, diagnostic.message, diagnostic.help) == (code, message, help_)
    assert pointed_at(diagnostic) == at
    assert diagnostic.location is not None
    assert (diagnostic.location.file is None) is (code != "C407")
    if code != "C407":
        assert diagnostic.notes[0].startswith(f"`{function.__name__}` is defined at ")


def pointed_at(diagnostic: Diagnostic) -> str:
    place = diagnostic.location
    assert place is not None
    return place.text[place.column : place.end_column]


@given(
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
)
def test_simple_values_come_back(n: int, x: float, s: str) -> None:
    assert given_(inferred, f"--n={n}", f"--x={x!r}", f"--s={s}") == {"n": n, "x": x, "s": s}


@pytest.mark.parametrize(
    ("function", "words", "asked"),
    [
        (helped, ["--help"], True),
        (helped, ["-h"], True),
        (helped, ["--msg=x", "--help"], True),
        (helped, ["--flag", "--help"], True),
        (helped, ["x", "-h"], True),
        (helped, ["--nothing", "--help"], True),
        (helped, ["--msg=--help"], False),
        (helped, ["--msg", "--help"], False),
        (helped, ["--msg", "-h"], False),
        (helped, ["--msg", "x", "--help"], True),
        (helped, ["--helps"], False),
        (helped, [], False),
        (helpful, ["--help"], False),
        (helpful, ["--help", "x"], False),
        (helpful, ["--help=x"], False),
        (helpful, ["-h"], True),
    ],
)
def test_whether_help_is_asked_for(function: Callable[..., Any], words: list[str], asked: bool) -> None:
    assert arguments.asks_for_help(function, words) is asked
