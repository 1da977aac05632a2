"""Tree -> Plan: the pass itself, its one warning, and that depth and breadth cost what they should."""

from __future__ import annotations

import sys

import pytest

import conducto as co
from conducto.diagnostics import Report
from conducto.ir import check, lower
from conducto.ir.tree import Row, Tree
from tests import plans
from tests.plans import chain, parallel, serial
from tests.plugin_thorough import amount


@pytest.mark.parametrize(
    ("root", "message"),
    [
        (serial(), "there is nothing to run: the tree has no Exec"),
        (serial({"a": parallel()}), "there is nothing to run: the tree has no Exec"),
        (co.Exec("x", skip=True), "there is nothing to run: every Exec is skipped"),
        (serial({"a": co.Exec("x")}, skip=True), "there is nothing to run: every Exec is skipped"),
        (serial({"a": parallel(), "b": co.Exec("x", skip=True)}), "there is nothing to run: every Exec is skipped"),
    ],
)
def test_nothing_to_run_is_a_warning(root: co.Node, message: str) -> None:
    report = Report()
    assert plans.plan(root, report).empty
    (found,) = report.diagnostics
    assert (found.code, found.severity, found.message, found.node) == ("C201", "warning", message, "/")
    assert found.location is not None


def test_something_to_run_is_none() -> None:
    report = Report()
    plans.plan(serial({"a": co.Exec("x", skip=True), "b": co.Exec("y")}), report)
    assert report.diagnostics == []


def test_depth_is_no_matter() -> None:
    levels = amount(20_000, 100_000)
    root = chain(levels, co.Exec("x"))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(150)
    try:
        plan = plans.plan(root)
        assert check.complaints(plan) == []
        assert plan.leaves() == [levels]
        assert len(plan.order) == 2 * levels - 1
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize("shape", ["chain", "broad", "comb"])
def test_every_row_is_looked_at_a_fixed_number_of_times(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work is counted, not timed: looks at a tree's rows, for one size and for twice as much."""
    assert _looks(shape, 2000) <= 2.1 * _looks(shape, 1000)


class Counting(tuple[Row, ...]):
    """Rows that count how often one is looked at."""

    looks = 0

    def __getitem__(self, number):  # type: ignore[no-untyped-def]
        Counting.looks += 1
        return super().__getitem__(number)

    def __iter__(self):  # type: ignore[no-untyped-def]
        Counting.looks += len(self)
        return super().__iter__()


def _looks(shape: str, size: int) -> int:
    if shape == "chain":
        root = chain(size, co.Exec("x"))
    elif shape == "broad":
        root = parallel({str(number): co.Exec("x") for number in range(size)})
    else:
        root = node = serial()
        for _ in range(size):
            node["leaf"], inner = co.Exec("x"), serial()
            node["n"] = inner
            node = inner
    tree = plans.resolved(root, "i")
    tree.rows = Counting(tree.rows)
    Counting.looks = 0
    plan = lower.lower(tree, plans.ORIGIN, {}, Report())
    assert check.complaints(plan) == []
    assert plan.leaves()
    for number in range(len(plan.rows)):
        plan.children(number)
    return Counting.looks


def test_a_tree_of_no_rows_is_none() -> None:
    assert len(Tree([])) == 0
