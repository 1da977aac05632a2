"""`co.Params`: attributes of an Exec, written apart from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import conducto as co
from conducto.diagnostics import ConductoTypeError, ConductoValueError
from tests.plans import serial


def test_params_are_the_attributes_of_an_exec() -> None:
    params = co.Params(cpu=2, env={"A": "1"}, skip=True)
    one, other = co.Exec("x", params=params, mem=3), co.Exec("y", params=params)
    assert (one.cpu, one.mem, one.env, one.skip, one.command) == (2, 3, {"A": "1"}, True, "x")
    one.env["A"] = "2"
    assert (other.cpu, other.mem, other.env) == (2, None, {"A": "1"})
    assert params == {"cpu": 2, "env": {"A": "1"}, "skip": True}


def test_without_any_nothing_changes() -> None:
    nothing: tuple[Mapping[str, Any] | None, ...] = (None, co.Params(), {})
    for params in nothing:
        assert co.Exec("x", params=params, cpu=1)._own == {"cpu": 1}


def test_a_plain_dict_serves_as_well() -> None:
    assert co.Exec("x", params={"cpu": 2}).cpu == 2


def test_a_name_may_be_among_them() -> None:
    with co.Serial() as root:
        co.Exec("x", params=co.Params(name="a", cpu=1))
    assert root["a"].cpu == 1
    with pytest.raises(ConductoValueError, match="C118"), co.Serial():
        co.Exec("x", name="b", params=co.Params(name="a"))
    with pytest.raises(ConductoValueError, match="C113"):
        co.Exec("x", params=co.Params(name="a"))


@pytest.mark.parametrize(
    ("own", "error"),
    [
        ({"cpu": -1}, ValueError),
        ({"cpu": "1"}, TypeError),
        ({"env": {"A": 1}}, TypeError),
        ({"bogus": 1}, TypeError),
        ({"stop_on_error": False}, TypeError),
        ({"max_concurrent": 1}, TypeError),
        ({"image": "a", "image_name": "b"}, ValueError),
    ],
)
def test_they_are_checked_where_they_are_written(own: dict[str, Any], error: type[Exception]) -> None:
    for act in (lambda: co.Params(**own), lambda: co.Exec("x", params=own)):
        with pytest.raises(error) as found:
            act()
        assert isinstance(found.value, co.ConductoError)
        assert found.value.diagnostics[0].node == "(new Exec)"


@pytest.mark.parametrize("params", [3, [("cpu", 1)], {1: 2}, "cpu"])
def test_what_is_no_dict_of_attributes_is_refused(params: Any) -> None:
    with pytest.raises(ConductoTypeError, match="`params` is"):
        co.Exec("x", params=params)


def test_they_are_for_an_exec() -> None:
    for kind in (co.Serial, co.Parallel):
        with pytest.raises(ConductoTypeError, match="C111"):
            kind(params=co.Params(cpu=1))


def test_what_is_refused_is_attached_nowhere() -> None:
    with co.Serial() as root:
        for wrong in ({"cpu": -1}, {"cpu": 1, "name": ""}):
            with pytest.raises(co.ConductoError):
                co.Exec("x", params=wrong)
        with pytest.raises(co.ConductoError):
            co.Exec("x", name="a", cpu=1, params=co.Params(cpu=2))
    assert root.children == serial().children
