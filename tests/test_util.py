"""`co.util`: what older files build trees with."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

import conducto as co
from conducto import util
from conducto.diagnostics import ConductoError


@pytest.mark.parametrize("value", [None, "", "0", "0.0", "n", "N", "none", "None", "f", "F", "false", "FALSE", " 0 "])
def test_a_variable_that_says_no(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAYS", raising=False)
    if value is not None:
        monkeypatch.setenv("SAYS", value)
    assert co.env_bool("SAYS") is False


@pytest.mark.parametrize("value", ["1", "true", "yes", "no", "off", "x", "00"])
def test_a_variable_that_says_yes(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYS", value)
    assert util.env_bool("SAYS") is True


def test_mkdirs_makes_what_is_missing() -> None:
    root = co.Serial()
    found = co.util.mkdirs(root, "a/b//c")
    assert (found.path, type(found), type(root["a"])) == ("/a/b/c", co.Parallel, co.Parallel)
    assert co.util.mkdirs(root, "a/b/c") is found
    assert co.util.mkdirs(found, "/a/x", nodeType=co.Serial).path == "/a/x"
    assert type(root["a/x"]) is co.Serial
    assert co.util.mkdirs(found, "") is found
    assert co.util.mkdirs(found, "/") is root


def test_mkdirs_puts_nothing_into_an_exec() -> None:
    root = co.Serial()
    root["a"] = co.Exec("x")
    with pytest.raises(ConductoError, match="C108"):
        co.util.mkdirs(root, "a/b")


def tree(found: Any) -> list[tuple[str, Any]]:
    return [(node.path, value) for node, value in found]


def test_nested_nodes_stand_below_those_above_them() -> None:
    root = co.Parallel()
    values = ["b2", "a1", "a2"]
    found = co.util.makenestednodes(root, values, lambda idx, value, values: f"{value[0]}/{value}")
    assert tree(found) == [("/a", "a1"), ("/a", "a2"), ("/b", "b2")]
    assert root.pretty() == "/\n├─ a\n└─ b"
    found = co.util.makenestednodes(
        root, values, lambda i, v, vs: f"{i}/{v}", makeLeafNode=True, sort=False, nodeType=co.Serial
    )
    assert tree(found) == [("/0/b2", "b2"), ("/1/a1", "a1"), ("/2/a2", "a2")]
    found = co.util.makenestednodes(root, iter(values), lambda i, v, vs: v, reverse=True)
    assert tree(found) == [("/", "b2"), ("/", "a2"), ("/", "a1")]


def test_nodes_of_months() -> None:
    few = co.util.makeyyyymmnodes(co.Parallel(), [202001, 202003, 202002], makeLeafNode=True)
    assert tree(few) == [("/202003", 202003), ("/202002", 202002), ("/202001", 202001)]
    months = [f"20{year}{month:02}" for year in (19, 20) for month in range(1, 6)]
    many = tree(co.util.makeyyyymmnodes(co.Parallel(), months, makeLeafNode=True, reverse=False))
    assert many[0] == ("/2019/201901", "201901")
    assert len(many) == 10
    assert tree(co.util.makeyyyymmnodes(co.Parallel(), months[:9]))[0] == ("/", "202004")


def test_nodes_of_dates() -> None:
    first = datetime.date(2020, 1, 30)
    days = [first + datetime.timedelta(days=n) for n in range(11)]
    few = tree(co.util.makedatenodes(co.Parallel(), iter(days[:10]), makeLeafNode=True))
    assert few[0] == ("/2020-02-08", days[9])
    more = tree(co.util.makedatenodes(co.Parallel(), days, makeLeafNode=True, reverse=False))
    assert more[0] == ("/2020-01/2020-01-30", days[0])
    assert more[2][0] == "/2020-02/2020-02-01"
    months = [first + datetime.timedelta(days=31 * n) for n in range(12)]
    many = tree(co.util.makedatenodes(co.Parallel(), months, reverse=False))
    assert many[0] == ("/2020/2020-01", months[0])
