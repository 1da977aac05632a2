"""The plan: what runs, and in which order; held against the meaning of the tree, worked out in another way."""

from __future__ import annotations

import itertools
from typing import TypeAlias

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import conducto as co
from conducto.ir import check, show
from conducto.ir.plan import Origin, Plan, Vertex
from tests import plans
from tests.plans import parallel, serial

SKIPPED = {"skip": True}


def order(root: co.Node) -> set[str]:
    """The edges of the plan, as `begin / -> join /`."""
    found = plans.plan(root)
    return {f"{show._vertex(found, before)} -> {show._vertex(found, after)}" for before, after in found.order}


def test_a_serial_is_a_row() -> None:
    root = serial({"a": parallel({"x": co.Exec("1")}), "b": co.Exec("2"), "c": serial({"y": co.Exec("3")})})
    assert order(root) == {
        "begin / -> begin /a",
        "join /a -> begin /c",
        "join /c -> join /",
        "begin /a -> join /a",
        "begin /c -> join /c",
    }


def test_a_parallel_is_a_fan() -> None:
    root = parallel({"a": serial({"x": co.Exec("1")}), "b": parallel({"y": co.Exec("2")})})
    assert order(root) == {
        *("begin / -> begin /a", "join /a -> join /", "begin /a -> join /a"),
        *("begin / -> begin /b", "join /b -> join /", "begin /b -> join /b"),
    }


def test_between_two_wide_stages_stands_a_join() -> None:
    wide = {str(number): serial({"x": co.Exec("1")}) for number in range(100)}
    more = {str(number): serial({"x": co.Exec("1")}) for number in range(100)}
    assert len(plans.plan(serial({"a": parallel(wide), "b": parallel(more)})).order) == 2 * 300 + 3


@pytest.mark.parametrize(
    ("root", "running"),
    [
        (co.Exec("x"), ["/"]),
        (co.Exec("x", skip=True), []),
        (serial(), []),
        (serial({"a": parallel(), "b": serial({"c": parallel()})}), []),
        (serial({"a": co.Exec("x", **SKIPPED), "b": co.Exec("y")}), ["/", "/b"]),
        (
            serial({"a": serial({"b": co.Exec("x")}, **SKIPPED), "c": parallel({"d": co.Exec("y")})}),
            ["/", "/c", "/c/d"],
        ),
        (serial({"a": serial({"b": co.Exec("x", **SKIPPED)}), "c": co.Exec("y")}), ["/", "/c"]),
        (serial({"a": co.Exec("x")}, **SKIPPED), []),
    ],
)
def test_what_runs(root: co.Node, running: list[str]) -> None:
    found = plans.plan(root)
    assert [found.path(number) for number in range(len(found.rows)) if found.runs[number]] == running
    assert found.empty is (not running)
    assert [found.path(number) for number in found.leaves()] == [
        path for path in running if _kind(found, path) == "exec"
    ]
    if running:
        assert all(found.runs[child] for child in found.children(0))


def _kind(found: Plan, path: str) -> str:
    (number,) = [number for number in range(len(found.rows)) if found.path(number) == path]
    return found.rows[number].kind


def test_what_is_left_out_keeps_the_order_of_the_rest() -> None:
    a, b = serial({"x": co.Exec("1")}), serial({"y": co.Exec("2")})
    root = serial({"a": a, "gap": serial({"z": co.Exec("3")}, **SKIPPED), "empty": parallel(), "b": b})
    assert "join /a -> begin /b" in order(root)
    assert not [edge for edge in order(root) if "gap" in edge or "empty" in edge]


Shape: TypeAlias = "str | tuple[str, bool, list[Shape]]"
TREES = st.recursive(
    st.sampled_from(["run", "skip"]),
    lambda inner: st.tuples(st.sampled_from(["serial", "parallel"]), st.booleans(), st.lists(inner, max_size=4)),
    max_leaves=14,
)


def build(shape: Shape) -> co.Node:
    if isinstance(shape, str):
        return co.Exec("x", skip=shape == "skip")
    kind, skip, below = shape
    make = serial if kind == "serial" else parallel
    return make({str(number): build(child) for number, child in enumerate(below)}, skip=skip)


def before(shape: Shape, path: str = "", skipped: bool = False) -> tuple[list[str], set[tuple[str, str]]]:
    """The Execs that run, and all pairs of them that the tree orders: straight from the shape, group by group."""
    if isinstance(shape, str):
        return ([path or "/"] if shape == "run" and not skipped else []), set()
    kind, skip, below = shape
    parts = [before(child, f"{path}/{number}", skipped or skip) for number, child in enumerate(below)]
    pairs = set().union(*(inner for _, inner in parts))
    if kind == "serial":
        for one, other in itertools.combinations(parts, 2):
            pairs |= {(a, b) for a in one[0] for b in other[0]}
    return [leaf for leaves, _ in parts for leaf in leaves], pairs


@given(TREES)
def test_the_graph_orders_what_the_tree_orders_and_nothing_else(shape: Shape) -> None:
    found = plans.plan(build(shape))
    assert check.complaints(found) == []
    leaves, pairs = before(shape)
    assert [found.path(number) for number in found.leaves()] == leaves
    graph = found.graph(leaves=True)
    assert networkx.is_directed_acyclic_graph(graph)
    paths = {number: found.path(number) for number in found.leaves()}
    reached = {
        (paths[vertex.row], paths[after.row])
        for vertex in graph
        if vertex.what == "run"
        for after in networkx.descendants(graph, vertex)
        if after.what == "run"
    }
    assert reached == pairs
    assert {vertex.row for vertex in graph if vertex.what == "run"} == set(paths)


@given(TREES)
def test_the_short_graph_is_that_of_the_groups(shape: Shape) -> None:
    found = plans.plan(build(shape))
    short, full = found.graph(), found.graph(leaves=True)
    assert {vertex.what for vertex in short} <= {"begin", "join"}
    groups = [vertex for vertex in full if vertex.what != "run"]
    assert set(short) == set(groups)
    for vertex in groups:
        reached = {after for after in networkx.descendants(full, vertex) if after.what != "run"}
        assert reached == networkx.descendants(short, vertex)
    assert set(short.edges) == set(found.order)


@pytest.mark.parametrize(
    ("source", "function", "explicit", "folder", "stem"),
    [
        ("pipeline.py", "run", False, "", "pipeline"),
        ("a/b/pipeline.py", "run", True, "a/b", "pipeline-run"),
        ("a/b.c.py", "run", False, "a", "b.c"),
        ("tools/pipe", "run", False, "tools", "pipe"),
    ],
)
def test_where_a_plan_is_from(source: str, function: str, explicit: bool, folder: str, stem: str) -> None:
    origin = Origin("n", source, function, explicit)
    assert (origin.folder, origin.stem) == (folder, stem)


def test_how_a_plan_is_shown() -> None:
    root = serial(
        {
            "a\nb": co.Exec("x\ny", env={"A": "1\t"}, cpu=1, mem=0.5, gpu=1, doc="d\n", image="i"),
            "c": parallel({"d": co.Exec("z", suppress_errors=True)}),
            "e": co.Exec("z", **SKIPPED),
        },
        stop_on_error=False,
        skip=False,
    )
    assert show.plan_text(plans.plan(root)) == (
        "pipeline pipeline from pipeline.py, run\n"
        "run  serial   /\n"
        "       stop_on_error=False\n"
        "run  exec     /a\\nb\n"
        "       command x\\ny\n"
        "       image i (chosen)\n"
        "       cpu 1\n"
        "       mem 0.5\n"
        "       gpu 1\n"
        "       env A=1\\t\n"
        "       doc d\\n\n"
        "run  parallel /c\n"
        "run  exec     /c/d\n"
        "       suppress_errors\n"
        "       command z\n"
        "       image default (default)\n"
        "pass exec     /e\n"
        "       skip\n"
        "       command z\n"
        "       image default (default)\n"
        "order\n"
        "  begin / -> begin /c\n"
        "  join /c -> join /\n"
        "  begin /c -> join /c\n"
    )


def test_all_that_a_plan_holds_is_shown() -> None:
    exec = co.Exec("x", env={"S": co.Secret("TOKEN")}, requires_docker=True, docker_run_args="-P --label 'a\tb'", gpu=0)
    exec.set(image=co.Image("i", shell="/bin/ash", install_pip=["a", "b"]), title="T\n", tags=["u", "v"], max_time="1m")
    group = parallel(
        {"x": exec}, max_concurrent=2, retries=3, same_container="new", options={"argo": {"k": ["ä\n", 1.5]}}
    )
    assert show.plan_text(plans.plan(serial({"g": group}, suppress_errors=True))) == (
        "pipeline pipeline from pipeline.py, run\n"
        "run  serial   /\n"
        "       suppress_errors\n"
        "run  parallel /g\n"
        "       retries 3\n"
        "       max_concurrent 2\n"
        '       options argo {"k": ["ä\\n", 1.5]}\n'
        "run  exec     /g/x\n"
        "       requires_docker\n"
        "       max_time 60\n"
        "       command x\n"
        "       image i (chosen)\n"
        '       image.pip ["a", "b"]\n'
        '       image.shell "/bin/ash"\n'
        "       gpu 0\n"
        '       docker_run_args ["-P", "--label", "a\\tb"]\n'
        "       container /g\n"
        "       env S=Secret('TOKEN')\n"
        '       options argo {"k": ["ä\\n", 1.5]}\n'
        "       title T\\n\n"
        "       tag u\n"
        "       tag v\n"
        "order\n"
        "  begin / -> begin /g\n"
        "  join /g -> join /\n"
        "  begin /g -> join /g\n"
    )


def test_a_vertex_is_comparable() -> None:
    assert sorted([Vertex("join", 1), Vertex("begin", 2)]) == [Vertex("begin", 2), Vertex("join", 1)]
