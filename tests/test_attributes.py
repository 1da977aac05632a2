"""What a node may be given, what is refused, and that what was given is kept as it was."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import conducto as co
from conducto import attributes
from conducto.diagnostics import ConductoAttributeError, ConductoTypeError, ConductoValueError


class Unspeakable:
    """An object of a user's that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("name", ["cpu", "mem"])
@pytest.mark.parametrize("value", [1, 0.25, 1e-6, 64, 1_000_000, None])
def test_amounts(name: str, value: Any) -> None:
    node = co.Exec("x", **{name: value})
    assert getattr(node, name) == value
    assert type(getattr(node, name)) is type(value)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        *(
            (name, value, ValueError)
            for name in ("cpu", "mem")
            for value in (0, -1, 0.0, -0.5, math.inf, math.nan, 10**400)
        ),
        *((name, value, TypeError) for name in ("cpu", "mem") for value in ("1", True, Decimal(1), Fraction(1), [1])),
        ("gpu", -1, ValueError),
        ("gpu", 1.0, TypeError),
        ("gpu", True, TypeError),
        ("image", "", ValueError),
        ("image", "--privileged", ValueError),
        ("image", "a b", ValueError),
        ("image", "käse", ValueError),
        ("image", "alpine\n", ValueError),
        ("image", 3, TypeError),
        ("image", b"alpine", TypeError),
        ("skip", 1, TypeError),
        ("skip", None, TypeError),
        ("skip", "no", TypeError),
        ("suppress_errors", 0, TypeError),
        ("stop_on_error", "False", TypeError),
        ("doc", 3, TypeError),
        ("doc", "a\0", ValueError),
        ("doc", "d" * 100_001, ValueError),
        ("env", ["A=1"], TypeError),
        ("env", "A=1", TypeError),
        ("cpu", Unspeakable(), TypeError),
        ("doc", Unspeakable(), TypeError),
        ("env", {"A": Unspeakable()}, TypeError),
        ("bogus", 1, TypeError),
        ("__class__", 1, TypeError),
    ],
)
def test_what_is_refused_at_construction_is_refused_by_assignment(
    name: str, value: Any, error: type[Exception]
) -> None:
    with pytest.raises(error) as made:
        co.Serial(**{name: value})
    assert isinstance(made.value, co.ConductoError)
    assert made.value.diagnostics[0].help
    assert len(made.value.diagnostics[0].message) < 200
    if name not in ("bogus", "__class__"):
        with pytest.raises(error) as assigned:
            setattr(co.Serial(), name, value)
        assert isinstance(assigned.value, co.ConductoError)
        assert assigned.value.diagnostics[0].message == made.value.diagnostics[0].message


def test_a_number_that_python_does_not_write_is_refused_too() -> None:
    with pytest.raises(ConductoValueError, match="of type int"):
        co.Exec("x", gpu=10**5000)


def test_stop_on_error_is_of_a_serial_alone() -> None:
    assert co.Serial().stop_on_error is True
    assert co.Serial(stop_on_error=False).stop_on_error is False
    for other in (co.Parallel(), co.Exec("x")):
        assert not hasattr(other, "stop_on_error")
        with pytest.raises(ConductoAttributeError):
            other.stop_on_error = False
    for kind in (co.Parallel, lambda **own: co.Exec("x", **own)):
        with pytest.raises(ConductoTypeError, match="C111"):
            kind(stop_on_error=False)


def test_an_unknown_attribute_is_told_its_nearest_name() -> None:
    with pytest.raises(ConductoTypeError) as found:
        co.Exec("x", memm=3)
    assert found.value.diagnostics[0].help == "did you mean `mem`?"
    with pytest.raises(AttributeError, match="no attribute `memm`"):
        co.Exec("x").memm  # noqa: B018


def test_defaults() -> None:
    node = co.Exec("x")
    assert (node.cpu, node.mem, node.gpu, node.image, node.doc) == (None,) * 5
    assert (node.skip, node.suppress_errors, node.env) == (False, False, {})
    assert co.Exec("x", env=None).env == {}


# --- env --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("A", 1, TypeError),
        ("A", None, TypeError),
        ("A", True, TypeError),
        ("A", b"x", TypeError),
        (1, "x", TypeError),
        (None, "x", TypeError),
        ("", "x", ValueError),
        ("1A", "x", ValueError),
        ("A-B", "x", ValueError),
        ("A=B", "x", ValueError),
        ("A\n", "x", ValueError),
        ("Ä", "x", ValueError),
        ("CONDUCTO_NODE", "x", ValueError),
        ("CONDUCTO_", "x", ValueError),
        ("A", "a\0b", ValueError),
        ("A", "\ud800", ValueError),
        ("A", "\ufffe", ValueError),
        ("A", "ä" * 50_001, ValueError),
    ],
)
def test_env_is_checked_however_it_is_set(key: Any, value: Any, error: type[Exception]) -> None:
    node = co.Exec("x", env={"KEPT": "1"})
    ways = [
        lambda: co.Exec("x", env={key: value}),
        lambda: setattr(node, "env", {key: value}),
        lambda: node.env.__setitem__(key, value),
        lambda: node.env.update({"FIRST": "1", key: value}),
        lambda: node.env.update([(key, value)]),
        lambda: node.env.setdefault(key, value),
        lambda: setattr(node, "env", node.env | {key: value}),
        lambda: node.env.__ior__({key: value}),
    ]
    for way in ways:
        with pytest.raises(error) as found:
            way()
        assert isinstance(found.value, co.ConductoError)
        assert found.value.diagnostics[0].code in ("C115", "C116")
        assert node.env == {"KEPT": "1"}


def test_env_may_hold_the_names_that_look_alike() -> None:
    names = {"_": "", "a": "1", "A": "2", "CONDUCTO": "3", "PATH": "/bin", "conducto_x": "4", "A" * 500: "5"}
    assert co.Exec("x", env=names).env == names


def test_env_is_copied_and_belongs_to_one_node() -> None:
    given = {"A": "1"}
    one, other = co.Exec("x", env=given), co.Exec("y", env=given)
    given["A"] = "changed"
    one.env["A"] = "2"
    other.env |= {"B": "3"}
    other.env.update(C="4")
    assert (one.env, other.env) == ({"A": "2"}, {"A": "1", "B": "3", "C": "4"})
    three = co.Exec("z", env=one.env)
    three.env["A"] = "3"
    assert one.env == {"A": "2"}
    assert three.env.setdefault("A", "4") == "3"


@given(st.text(max_size=30))
def test_an_env_value_is_kept_as_it_is_or_refused(value: str) -> None:
    try:
        assert co.Exec("x", env={"A": value}).env["A"] == value
    except ConductoValueError:
        assert set(value) & {"\0", "\ufffe", "\uffff"} or any("\ud800" <= character <= "\udfff" for character in value)
    else:
        assert not set(value) & {"\0", "\ufffe", "\uffff"}


def test_the_size_of_a_command_counts_in_bytes() -> None:
    assert len(co.Exec("ä" * 50_000).command) == 50_000
    with pytest.raises(ConductoValueError, match="100,002 bytes"):
        co.Exec("ä" * 50_001)


def test_a_command_can_be_set_later_under_the_same_rules() -> None:
    node = co.Exec("x")
    node.command = "  y  "
    assert node.command == "y"
    with pytest.raises(ConductoTypeError):
        node.command = 3  # type: ignore[assignment]
    with pytest.raises(ConductoValueError):
        node.command = "\0"
    assert node.command == "y"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1, "1"), ("a\nb", "'a\\nb'"), ("x" * 100, "'" + "x" * 59 + "..."), (Unspeakable(), "of type Unspeakable")],
)
def test_how_a_value_is_shown(value: object, shown: str) -> None:
    assert attributes.said(value) == shown


def test_a_line_of_a_value_is_one_line() -> None:
    assert attributes.said(type("Odd", (), {"__repr__": lambda self: "a\n\x1b[31mb"})()) == "a\\n\\x1b[31mb"
