"""What a function takes, held against `inspect`."""

from __future__ import annotations

import functools
import inspect
from pathlib import Path
from typing import Any, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conducto import signatures
from tests import command

NAMES = "abcdefgh"


@st.composite
def functions(draw: st.DrawFn) -> Callable[..., Any]:
    """Functions with any mixture of parameters."""
    only, both, named = (draw(st.integers(0, 2)) for _ in range(3))
    count = only + both
    first = count - draw(st.integers(0, count))  # from here on they have a default
    positional = [f"{NAMES[n]}={n}" if n >= first else NAMES[n] for n in range(count)]
    words = positional[:only] + ["/"] * bool(only) + positional[only:]
    rest = draw(st.booleans())
    words += ["*rest"] if rest else ["*"] * bool(named)
    words += [
        f"{NAMES[count + n]}={draw(st.sampled_from(['1', 'None']))}"[: draw(st.sampled_from([1, 9]))]
        for n in range(named)
    ]
    words += ["**others"] * draw(st.booleans())
    space: dict[str, Any] = {}
    exec(f"def f({', '.join(words)}): return locals()", space)
    function: Callable[..., Any] = space["f"]
    return function


def by_inspect(function: Callable[..., Any]) -> list[tuple[str, int, Any]]:
    found = inspect.signature(function).parameters.values()
    empty = inspect.Parameter.empty
    return [(each.name, int(each.kind), signatures.EMPTY if each.default is empty else each.default) for each in found]


@given(functions())
def test_parameters_are_those_of_inspect(function: Callable[..., Any]) -> None:
    assert [tuple(each) for each in signatures.parameters(function).values()] == by_inspect(function)


@given(functions(), st.data())
def test_values_are_split_as_inspect_binds_them(function: Callable[..., Any], data: st.DataObject) -> None:
    known = signatures.parameters(function)
    chosen = data.draw(st.sets(st.sampled_from(sorted(known)))) if known else set()
    values: dict[str, Any] = {name: name.upper() for name in chosen}
    values.update({name: value for name, value in (("rest", (1, 2)), ("others", {"z": 3})) if name in chosen})
    bound = inspect.signature(function).bind_partial()
    bound.arguments.update({name: values[name] for name in known if name in values})
    assert signatures.split(known, values) == (list(bound.args), bound.kwargs)


def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def inner(*values: Any, **named: Any) -> Any:
        return function(*values, **named)

    return inner


def told(a: int, *, b: str = "b") -> None:
    pass


@pytest.mark.parametrize("function", [wrapped(told), functools.lru_cache(told), functools.partial(told, 1), len])
def test_what_is_no_plain_function_is_read_by_inspect(function: Callable[..., Any]) -> None:
    assert [tuple(each) for each in signatures.parameters(function).values()] == by_inspect(function)


CALLED = """\
import conducto as co

def run(n: int) -> co.Serial:
    import sys
    print([module for module in ("ast", "dataclasses", "datetime", "inspect", "shlex") if module in sys.modules], n)
"""


def test_a_function_is_called_without_loading_what_takes_long(tmp_path: Path) -> None:
    command.write(tmp_path, f=CALLED)
    assert command.python(tmp_path, "-m", "conducto", "f.py", "run", "--n=3").out == "[] 3\n"
