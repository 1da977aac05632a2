"""What no plan may be: each planted fault is complained about, and a good plan is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import conducto as co
from conducto.ir import check
from conducto.ir.plan import Plan, Vertex
from conducto.ir.tree import Tree
from tests import plans
from tests.benchmarks import tools
from tests.benchmarks.shapes import SHAPES
from tests.plans import parallel, serial


def good() -> Plan:
    return plans.plan(serial({"a": parallel({"x": co.Exec("1"), "y": co.Exec("2")}), "b": serial({"z": co.Exec("3")})}))


def with_row(number: int, **changes: Any) -> Callable[[], Plan]:
    """The good plan with one row changed, its order as it was."""

    def make() -> Plan:
        plan = good()
        rows = list(plan.rows)
        rows[number] = rows[number]._replace(**changes)
        plan.tree = Tree(rows)
        return plan

    return make


def with_rows(changes: dict[int, dict[str, Any]]) -> Callable[[], Plan]:
    """The good plan with several rows changed."""

    def make() -> Plan:
        plan = good()
        plan.tree = Tree([row._replace(**changes.get(number, {})) for number, row in enumerate(plan.rows)])
        return plan

    return make


def with_edge(before: Vertex, after: Vertex) -> Callable[[], Plan]:
    def make() -> Plan:
        plan = good()
        plan.order = (*plan.order, (before, after))
        return plan

    return make


def test_a_good_plan_is_fine() -> None:
    assert check.complaints(good()) == []
    assert check.complaints(plans.plan(co.Exec("x"))) == []
    assert check.complaints(plans.plan(serial())) == []
    rich = parallel({"x": co.Exec("1", retries=1, max_time=1), "y": co.Exec("2", mem=1)}, mem=1, same_container="new")
    rich.set(max_concurrent=1, retries=1, max_time=1, env={"A": "1"}, options={"argo": {"a": 1}})
    assert check.complaints(plans.plan(serial({"a": rich}, stop_on_error=False))) == []
    assert check.complaints(with_rows({2: {"container": 2}, 3: {"container": 0}})()) == []


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (with_row(3, name="x"), "/a/x is there twice"),
        (with_row(4, name="a"), "/a is there twice"),
        (with_row(5, parent=2), "/a/x/z stands under an Exec"),
        (with_row(2, command=None), "/a/x is exec with command None"),
        (with_row(1, command="x"), "/a is parallel with command 'x'"),
        (with_row(2, command=3), "/a/x is exec with command 3"),
        (with_row(2, kind="serial"), "/a/x is serial with command '1'"),
        (with_row(4, parent=-1), "row 4 has parent -1"),
        (with_row(2, retries=-1), "/a/x has retries -1"),
        (with_row(1, max_time=0), "/a has max_time 0"),
        (with_row(1, max_concurrent=0), "/a has max_concurrent 0"),
        (with_row(2, max_concurrent=1), "/a/x has max_concurrent 1 and is exec"),
        (with_row(1, stop_on_error=False), "/a has stop_on_error False and is parallel"),
        (with_row(1, cpu=1), "/a has cpu 1 and is parallel"),
        (with_row(4, env={"A": "1"}), "/b has env {'A': '1'} and is serial"),
        (with_row(4, container=4), "/b has container 4 and is serial"),
        (with_row(1, requires_docker=True), "/a has requires_docker True and is parallel"),
        (with_row(2, container=4), "/a/x has container 4, which is none of its ancestors"),
        (with_row(5, container=1), "/b/z has container 1, which is none of its ancestors"),
        (with_row(3, container=2), "/a/y has container 2, which is none of its ancestors"),
        (with_row(3, container=9), "/a/y has container 9, which is none of its ancestors"),
        (with_rows({2: {"container": 1}, 3: {"container": 1, "mem": 1}}), "/a/y differs from /a/x"),
        (with_edge(Vertex("join", 4), Vertex("begin", 1)), "lies on a cycle"),
        (with_edge(Vertex("begin", 1), Vertex("begin", 1)), "lies on a cycle"),
    ],
)
def test_each_fault_is_told(make: Callable[[], Plan], complaint: str) -> None:
    assert any(complaint in found for found in check.complaints(make()))


def test_a_parent_that_comes_later_is_told() -> None:
    plan = good()
    rows = list(plan.rows)
    rows[1] = rows[1]._replace(parent=4)
    tree = Tree.__new__(Tree)
    tree.rows, tree.children = tuple(rows), plan.tree.children
    plan.tree = tree
    assert "row 1 has parent 4" in check.complaints(plan)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_order_that_the_compiler_makes_leads_on_through_the_tree(shape: str) -> None:
    """So that no other way need be gone to tell that it has no cycle."""
    plan = plans.plan(tools.tree(co, SHAPES[shape](300)))
    ends = check._ends(plan)
    assert len(plan.order) >= 1
    assert all(check._place(before, ends) < check._place(behind, ends) for before, behind in plan.order)
    assert check._on_cycles(plan) == []
