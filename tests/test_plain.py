"""Plain data: what JSON can carry is copied, and nothing else is."""

from __future__ import annotations

import json
from enum import Enum, IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conducto import plain
from conducto.diagnostics import ConductoTypeError, ConductoValueError

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff")
TEXTS = st.text(CHARACTERS, max_size=5)
DATA = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=10,
)


@given(DATA)
def test_what_json_carries_is_kept(value: Any) -> None:
    found = plain.copied("options", value)
    assert json.dumps(found) == json.dumps(value)
    assert not _same_containers(found, value)


def _same_containers(one: Any, other: Any) -> bool:
    if isinstance(one, (list, dict)) and one is other:
        return True
    if isinstance(one, dict):
        return any(_same_containers(one[key], other[key]) for key in one)
    return isinstance(one, list) and any(_same_containers(a, b) for a, b in zip(one, other))


@given(DATA)
def test_frozen_data_says_the_same(value: Any) -> None:
    assert _thawed(plain.frozen(value)) == value


def _thawed(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_thawed(item) for item in value]
    return {key: _thawed(item) for key, item in value.items()} if hasattr(value, "items") else value


def test_subclasses_become_what_they_are() -> None:
    class Level(str, Enum):
        DEBUG = "debug"

    class Port(IntEnum):
        WEB = 80

    class Table(dict):  # type: ignore[type-arg]
        pass

    found = plain.copied("options", Table({Level.DEBUG: [Level.DEBUG, Port.WEB, True]}))
    assert [type(found), type(next(iter(found))), *map(type, found["debug"])] == [dict, str, str, int, bool]
    assert json.dumps(found) == '{"debug": ["debug", 80, true]}'


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ((1,), ConductoTypeError, "`options` is (1,), and must be plain data"),
        ({"a": {1}}, ConductoTypeError, "`options['a']` is {1}, and must be"),
        ({"a": [b"x"]}, ConductoTypeError, "`options['a'][0]` is b'x', and must be"),
        ({"a": object}, ConductoTypeError, "must be plain data"),
        ({1: "a"}, ConductoTypeError, "the key 1 in `options` is no text"),
        ({"a": {None: 1}}, ConductoTypeError, "the key None in `options['a']` is no text"),
        (float("nan"), ConductoValueError, "which JSON cannot say"),
        ([float("-inf")], ConductoValueError, "which JSON cannot say"),
        ({"a": "x\0"}, ConductoValueError, "`options['a']` holds a NUL"),
        ({"a\ud800": 1}, ConductoValueError, "holds a lone surrogate"),
    ],
)
def test_what_is_refused(value: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match="C120") as found:
        plain.copied("options", value)
    assert message in found.value.diagnostics[0].message  # type: ignore[attr-defined]


def test_what_holds_itself_or_is_too_deep_is_refused() -> None:
    endless: list[Any] = []
    endless.append({"a": endless})
    deep: Any = 0
    for _ in range(40):
        deep = [deep]
    assert plain.copied("options", deep) == deep
    for value in (endless, [deep]):
        with pytest.raises(ConductoValueError, match="nested more than 40 levels deep"):
            plain.copied("options", value)
