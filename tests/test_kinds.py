"""Every value comes back from its text, in type and value: the property, over all types and by the real parser."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import itertools
import sys
import types
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, List, Literal, NewType, Optional, Union

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import conducto as co
from conducto import arguments, hints, kinds
from tests.plugin_thorough import amount

#: What a hint may be, with what may be given for it.
Typed = tuple[Any, st.SearchStrategy[Any]]

#: Texts that look like something else, and those that commas and backslashes could break.
ODD = [
    *(
        "",
        "None",
        "True",
        "False",
        "true",
        "0",
        "1",
        "1.0",
        "nan",
        "[]",
        "[1]",
        "{}",
        "null",
        '""',
        '"a"',
        "--x",
        "-x",
        "=",
    ),
    *(
        "\\",
        "\\\\",
        ",",
        "\\,",
        ",\\",
        "a,b",
        "a\\",
        "a\\,b",
        "a\\\\,b",
        "\\None",
        "\\1",
        "\\true",
        "\\null",
        '\\"None"',
    ),
    *(
        "\\[1,2]",
        '\\["a"]',
        "\\{}",
        "\\NaN",
        "\\x41",
        " ",
        " a ",
        "\n",
        "a\nb",
        "\t",
        "'",
        '"',
        "$x",
        "$(x)",
        "%s",
        "π é",
        "🙂",
    ),
    *("2020-01-02", "Colour.RED", "RED", "red", "0x10", "\u2028", "\ufeff", "\x1b[0m", "\r", "\x7f"),
]
TEXTS = st.one_of(
    st.sampled_from(ODD),
    st.lists(st.sampled_from(ODD), max_size=4).map("".join),
    st.text(st.sampled_from('\\,a"[]1None '), max_size=12),
    st.text(st.characters(exclude_characters="\0\ufffe\uffff", exclude_categories=["Cs"])),
)
NUMBERS = st.one_of(st.integers(-(2**200), 2**200), st.integers(-3, 3), st.just(10**30), st.just(-(2**300)))
FLOATS = st.one_of(
    st.floats(), st.sampled_from([0.0, -0.0, 1e-300, 1e300, float("inf"), float("-inf"), float("nan"), 0.1])
)


class Colour(enum.Enum):
    RED = "red"
    GREEN = "None"
    SAME_AS_RED = "red"  # noqa: PIE796


class Level(str, enum.Enum):
    LOW = "LOW"
    HIGH = "low"


@dataclasses.dataclass
class Version:
    """A class as the original took it."""

    major: int
    word: str

    def to_str(self) -> str:
        return f"{self.major}:{self.word}"

    @staticmethod
    def from_str(text: str) -> "Version":
        major, _, word = text.partition(":")
        return Version(int(major), word)


Name = NewType("Name", str)
Scores = NewType("Scores", List[int])
DAYS = st.dates()
TIMES = st.datetimes(timezones=st.sampled_from([None, datetime.timezone.utc])).map(lambda time: time.replace(fold=0))

PLAIN: list[Typed] = [
    (bool, st.booleans()),
    (int, NUMBERS),
    (float, FLOATS),
    (str, TEXTS),
    (
        bytes,
        st.one_of(
            st.binary(), st.sampled_from([b"None", b"\\", b"\\x41", b"a,b", b"\xff\0", "π".encode(), b"\xef\xbf\xbf"])
        ),
    ),
    (Path, TEXTS.map(Path)),
    (PurePosixPath, TEXTS.map(PurePosixPath)),
    (datetime.date, DAYS),
    (datetime.datetime, TIMES),
    (Colour, st.sampled_from(Colour)),
    (Level, st.sampled_from(Level)),
    (Version, st.builds(Version, st.integers(), TEXTS)),
    (Name, TEXTS),
    (Scores, st.lists(NUMBERS, max_size=4)),
    (decimal.Decimal, st.decimals(allow_nan=False, allow_infinity=False)),
    (uuid.UUID, st.uuids()),
    (Literal["a", 1, True, None, "b,c"], st.sampled_from(["a", 1, True, None, "b,c"])),
]
#: What a parameter that may be anything takes: all that a literal can say.
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), FLOATS, TEXTS),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)
OPEN: Typed = (Any, ANYTHING)
DATA = st.sampled_from([bool, int, float, str])


def listed(inner: Typed) -> Typed:
    return List[inner[0]], st.lists(inner[1], max_size=4)  # type: ignore[valid-type]


def optional(inner: Typed) -> Typed:
    return Optional[inner[0]], st.one_of(st.none(), inner[1])


SIMPLE = [*PLAIN[:4], *map(listed, PLAIN[:4])]
COUNTER = itertools.count()

HINTS: st.SearchStrategy[Typed] = st.recursive(
    st.sampled_from([*PLAIN, OPEN]), lambda inner: st.one_of(inner.map(listed), inner.map(optional)), max_leaves=4
)


def subject(hint: Any, default: str = "") -> Callable[..., Any]:
    """A new public function of this module with a parameter `x` of that hint; of none where `hint` is subject itself."""
    names = vars(sys.modules[__name__])
    name = f"subject_{next(COUNTER) % 8}"
    exec(f"def {name}(x{default}): pass", names)
    function: Callable[..., Any] = names[name]
    if hint is not subject:
        function.__annotations__["x"] = hint
    return function


def words_of(function: Callable[..., Any], value: Any) -> Sequence[str]:
    return co.Exec(function, value)._command.words  # type: ignore[union-attr]


def exactly(value: Any) -> tuple[str, str]:
    """What tells a value from every other, its type too."""
    found = hex(value) if type(value) is int else repr([*map(exactly, value)]) if type(value) is list else repr(value)
    return type(value).__name__, found


def comes_back(function: Callable[..., Any], value: Any) -> None:
    words = words_of(function, value)
    assert len(words) == 1
    positional, named = arguments.parse(function, words)
    (back,) = [*positional, *named.values()]
    assert exactly(back) == exactly(value), words


@settings(max_examples=amount(375, 1500), deadline=None)
@given(st.data())
def test_every_value_of_every_type_comes_back(data: st.DataObject) -> None:
    hint, values = data.draw(HINTS)
    comes_back(subject(hint), data.draw(values))


@settings(max_examples=amount(75, 300), deadline=None)
@given(st.data())
def test_of_simple_types_and_flat_lists_of_them_type_alone_tells(data: st.DataObject) -> None:
    """Nothing is read back for these at construction, so that a call costs little."""
    hint, values = data.draw(st.sampled_from(PLAIN[:5]))
    for one in ((hint, values), listed((hint, values))):
        value = data.draw(one[1])
        kind = hints.of(one[0])
        assert kind.exact(value)
        assert exactly(kind.read(kind.write(value))) == exactly(value)


@settings(max_examples=amount(75, 300), deadline=None)
@given(st.data())
def test_of_several_types_too(data: st.DataObject) -> None:
    """A union of simple types and lists of them: what is written for one is never taken for another."""
    members = data.draw(st.lists(st.sampled_from(SIMPLE), min_size=2, max_size=4, unique_by=id))
    hint = Union[tuple(hint for hint, _ in members)]  # type: ignore[valid-type]
    comes_back(subject(hint), data.draw(st.one_of(*(values for _, values in members))))


@settings(max_examples=amount(125, 500), deadline=None)
@given(ANYTHING)
def test_a_parameter_without_a_type_takes_everything_but_numbers_as_it_is(value: Any) -> None:
    for function in (subject(subject), subject(subject, "=None")):
        if type(value) in (int, float):
            (word,) = words_of(function, value)
            assert arguments.parse(function, [word])[0] == [word.partition("=")[2]] == [str(value)]
        else:
            comes_back(function, value)


@settings(max_examples=amount(50, 200), deadline=None)
@given(ANYTHING)
def test_so_does_a_list_without_one(value: Any) -> None:
    for function in (subject(list), subject("list"), subject(List), subject(subject, "=[]")):
        comes_back(function, [value, value])


@pytest.mark.parametrize("default", ["=None", "='a'", "=True", "=1", "=2.5", "=[1, 2]", "=b''"])
def test_what_a_default_is_comes_back(default: str) -> None:
    value = eval(default[1:])
    comes_back(subject(subject, default), value)


@pytest.mark.parametrize("hint", [int, "Optional[int]", "list[int]", "Union[str, int]"])
def test_numbers_of_more_digits_than_python_writes(hint: Any) -> None:
    for value in (10**5000, -(10**5000)):
        comes_back(subject(hint), [value] if hint == "list[int]" else value)


def test_hints_written_in_every_way() -> None:
    hint: Any
    for hint in ("int", "'int'", "Optional[int]", "int | None", "Union[int, None]", int):
        comes_back(subject(hint), 3)
    for hint in ("list[int]", "List[int]", "Sequence[int]", "'list[int]'", list[int], "Optional[list[int]]"):
        comes_back(subject(hint), [3, -1])


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (int, "x"),
        (int, ""),
        (int, "1.0"),
        (float, "1,5"),
        (bool, "maybe"),
        (List[int], "1,,2"),
        (Optional[int], "none"),
        (datetime.date, "2020-13-01"),
        (Colour, "BLUE"),
        (Version, "x:y"),
        (decimal.Decimal, "x"),
        (Literal["a"], "b"),
        (dict, "{}"),
        (List[dict], "{}"),  # type: ignore[type-arg]
        (type(None), "x"),
    ],
)
def test_texts_of_no_value(hint: Any, text: str) -> None:
    with pytest.raises(ValueError):
        hints.of(hint).read(text)


@pytest.mark.parametrize(
    ("hint", "text", "value"),
    [
        (Colour, "RED", Colour.RED),
        (Colour, "Colour.RED", Colour.RED),
        (Colour, "red", Colour.RED),
        (Colour, "SAME_AS_RED", Colour.RED),
        (Level, "LOW", Level.LOW),
        (Level, "low", Level.HIGH),
        (int, "1_000", 1000),
        (int, "-0x10", -16),
        (float, "1", 1.0),
        (bytes, "a\\b", b"a\\b"),
        (Optional[str], "\\x", "\\x"),
        (Optional[str], "\\1", "\\1"),
        (Optional[str], '\\"None"', "None"),
        (Optional[str], '\\ "None"', '\\ "None"'),
        (Any, "\\1", 1),
        (Any, '\\{"a":1}', '\\{"a":1}'),
        (Any, "\\01", "\\01"),
        (Union[int, str], "1", 1),
        (Union[int, str], '\\"1"', "1"),
        (Union[str, int], "1", 1),
        (Optional[bytes], '\\"None"', b"None"),
    ],
)
def test_what_people_may_write(hint: Any, text: str, value: Any) -> None:
    assert exactly(hints.of(hint).read(text)) == exactly(value)


class Odd:
    """Equal to nothing, not even itself."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("never ask")

    __hash__ = None  # type: ignore[assignment]


class Told:
    """Has no equality: two are one where they tell the same."""

    def __init__(self, text: str = "") -> None:
        self.text = text

    def to_str(self) -> str:
        return self.text

    @staticmethod
    def from_str(text: str) -> "Told":
        return Told(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1, True),
        (1, 1.0, False),
        (1, True, False),
        (0.0, -0.0, False),
        (float("nan"), float("nan"), True),
        ([1, [2]], [1, [2]], True),
        ([1, [2]], [1, [2.0]], False),
        ([1], [1, 1], False),
        ([1], (1,), False),
        (datetime.datetime(2020, 1, 1, fold=0), datetime.datetime(2020, 1, 1, fold=1), False),
        (Told("a"), Told("a"), True),
        (Told("a"), Told("b"), False),
        (Odd(), Odd(), False),
        (object(), object(), False),
        (types.SimpleNamespace(a=1), types.SimpleNamespace(a=1), True),
    ],
)
def test_when_two_values_are_one(one: Any, other: Any, same: bool) -> None:
    assert kinds.same(one, other) is same
