"""Which Execs share a container, and what is said where they cannot; the warning held against all pairs of Execs."""

from __future__ import annotations

import itertools
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import conducto as co
from conducto.diagnostics import Diagnostic, Report
from conducto.ir import resolve
from conducto.ir.tree import Tree
from tests import plans
from tests.plans import chain, parallel, serial

NEW = {"container_reuse_context": co.ContainerReuseContext.NEW}
GLOBAL = {"container_reuse_context": co.ContainerReuseContext.GLOBAL}


def resolved(root: co.Node) -> tuple[Tree, list[Diagnostic]]:
    report = Report()
    return resolve.resolve(root, "default", plans.HOME, report), report.diagnostics


def containers(root: co.Node) -> dict[str, str | None]:
    """Path of each Exec -> path of the node whose container it runs in, None for one of its own."""
    tree, _ = resolved(root)
    found = {tree.path(number): tree.rows[number].container for number in tree.leaves()}
    return {path: None if number < 0 else tree.path(number) for path, number in found.items()}


@pytest.mark.parametrize(
    ("root", "wanted"),
    [
        (serial({"a": co.Exec("x")}), {"/a": None}),
        (serial({"a": co.Exec("x"), "b": parallel({"c": co.Exec("y")})}, **NEW), {"/a": "/", "/b/c": "/"}),
        (serial({"a": parallel({"b": co.Exec("x")}, **NEW), "c": co.Exec("y")}), {"/a/b": "/a", "/c": None}),
        (
            serial({"a": parallel({"b": co.Exec("x")}, **NEW), "c": co.Exec("y")}, **NEW),
            {"/a/b": "/a", "/c": "/"},
        ),
        (
            serial({"a": parallel({"b": serial({"d": co.Exec("z")}, **NEW)}, **GLOBAL), "c": co.Exec("y")}, **NEW),
            {"/a/b/d": "/a/b", "/c": "/"},
        ),
        (serial({"a": parallel({"b": co.Exec("x")}, **GLOBAL), "c": co.Exec("y")}, **NEW), {"/a/b": None, "/c": "/"}),
        (serial({"a": co.Exec("x", **GLOBAL), "b": co.Exec("y", **NEW)}, **NEW), {"/a": None, "/b": "/b"}),
        (serial({"a": co.Exec("x", same_container=co.SameContainer.INHERIT)}, **NEW), {"/a": "/"}),
        (serial({"a": co.Exec("x", same_container=co.SameContainer.ESCAPE)}, same_container="new"), {"/a": None}),
        (co.Exec("x", **NEW), {"/": "/"}),
    ],
)
def test_the_nearest_value_decides(root: co.Node, wanted: dict[str, str | None]) -> None:
    assert containers(root) == wanted


DIFFERENT: list[tuple[str, Any, Any]] = [
    ("image", "a", "b"),
    ("image", "a", None),
    ("cpu", 1, 2),
    ("cpu", None, 1),
    ("mem", 1, 1.5),
    ("gpu", 0, 1),
    ("requires_docker", True, False),
    ("docker_run_args", "-P", ""),
]


@pytest.mark.parametrize(("name", "one", "other"), [*DIFFERENT, *((name, two, one) for name, one, two in DIFFERENT)])
def test_what_differs_in_one_container_is_refused(name: str, one: Any, other: Any) -> None:
    first, second = co.Exec("x", **{name: one}), co.Exec("y", **{name: other})
    root = serial({"new": serial({"a": first, "b": parallel({"c": second})}, **NEW)})
    _, (found,) = resolved(root)
    assert (found.code, found.severity, found.node) == ("C222", "error", "/new/b/c")
    assert found.message.startswith(f"this Exec shares the container of /new, and its `{name}` is ")
    assert f"`{name}` of /new/a, which runs in it too, is " in found.notes[0]
    assert found.location is not None
    assert found.location.file == "tests/test_containers.py"


@pytest.mark.parametrize(("name", "one", "other"), DIFFERENT)
def test_what_differs_elsewhere_is_fine(name: str, one: Any, other: Any) -> None:
    def pair(**own: Any) -> tuple[co.Node, co.Node]:
        return co.Exec("x", **{name: one}), co.Exec("y", **{name: other}, **own)

    for root in (
        parallel(dict(zip("ab", pair()))),
        parallel({"new": serial({"a": (both := pair())[0]}, **NEW), "b": both[1]}),
        parallel(dict(zip("ab", pair(**GLOBAL))), **NEW),
        parallel(dict(zip("ab", pair(**NEW))), **NEW),
        parallel(dict(zip("ab", pair(skip=True))), **NEW),
        parallel({"a": serial({"x": (both := pair())[0]}), "b": serial({"y": both[1]}, skip=True)}, **NEW),
    ):
        assert [found.code for found in resolved(root)[1]] == []


def test_what_is_written_in_two_ways_is_equal() -> None:
    one = co.Exec("x", image=co.Image("alpine"), cpu=1, docker_run_args="-P -v /a:/b")
    other = co.Exec("y", image=co.Image("alpine", name="n"), cpu=1.0, docker_run_args=["-P", "-v", "/a:/b"])
    assert resolved(serial({"a": one, "b": other}, **NEW))[1] == []


def test_env_and_other_things_may_differ() -> None:
    one = co.Exec("x", env={"A": "1"}, max_time=5, retries=1, suppress_errors=True, title="t", options={"a": {"b": 1}})
    assert resolved(serial({"a": one, "b": co.Exec("y")}, **NEW))[1] == []


def test_two_images_with_one_base_are_told_apart() -> None:
    one, other = (co.Exec("x", image=co.Image("alpine", shell=shell)) for shell in ("/bin/sh", "/bin/ash"))
    _, (found,) = resolved(serial({"a": one, "b": other}, **NEW))
    assert "its `image` is alpine (definition " in found.message
    assert found.message.split("definition ")[1] != found.notes[0].split("definition ")[1]


def test_one_complaint_a_container() -> None:
    def several(*cpus: int) -> co.Node:
        return parallel({str(number): co.Exec("x", cpu=cpu) for number, cpu in enumerate(cpus)}, **NEW)

    _, found = resolved(parallel({"a": several(1, 2, 3), "b": several(1, 1), "c": several(2, 1)}))
    assert [diagnostic.node for diagnostic in found] == ["/a/1", "/c/1"]


# --- docker -------------------------------------------------------------------------------------------------------------


def docker(**own: Any) -> co.Node:
    return co.Exec("x", requires_docker=True, **own)


@pytest.mark.parametrize(
    ("root", "node"),
    [
        (serial({"a": docker(), "b": docker()}), "/b"),
        (parallel({"a": docker(), "b": docker()}), None),
        (serial({"a": docker(), "b": co.Exec("y"), "c": parallel({"d": docker()})}), "/c/d"),
        (serial({"a": docker(), "b": co.Exec("y")}), None),
        (serial({"a": docker(), "b": docker()}, **NEW), None),
        (serial({"a": docker(), "b": docker(**GLOBAL)}, **NEW), "/b"),
        (serial({"a": docker(), "b": docker(skip=True)}), None),
        (serial({"a": serial({"b": docker()}, **NEW), "c": serial({"d": docker()}, **NEW)}), "/c/d"),
        (serial({"a": parallel({"b": docker(), "c": docker(**GLOBAL)}), "d": docker()}, **NEW), "/d"),
        (parallel({"a": serial({"b": docker()}), "c": serial({"d": docker()})}), None),
        (docker(), None),
        (serial({"a": co.Exec("1"), "b": co.Exec("2")}, requires_docker=True), "/b"),
    ],
)
def test_docker_of_one_exec_may_not_be_there_for_the_next(root: co.Node, node: str | None) -> None:
    found = resolved(root)[1]
    assert [(said.code, said.severity, said.node) for said in found] == ([("C223", "warning", node)] if node else [])
    assert all(said.help and said.location for said in found)


TREES = st.recursive(
    st.tuples(st.sampled_from(["docker", "docker", "plain", "skipped"]), st.sampled_from([None, "new", "global"])),
    lambda inner: st.tuples(
        st.sampled_from(["serial", "parallel"]), st.sampled_from([None, "new", "global"]), st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


def build(shape: Any) -> co.Node:
    if len(shape) == 2:
        what, reuse = shape
        return co.Exec("x", requires_docker=what != "plain", skip=what == "skipped", container_reuse_context=reuse)
    kind, reuse, below = shape
    make = serial if kind == "serial" else parallel
    return make({str(number): build(child) for number, child in enumerate(below)}, container_reuse_context=reuse)


def pairs(shape: Any, path: str = "", inside: str = "") -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Of the Execs with docker that run: each with its container, and all pairs that the tree orders."""
    inside = {"new": path or "/", "global": ""}.get(shape[1], inside)
    if len(shape) == 2:
        return ({path or "/": inside} if shape[0] == "docker" else {}), set()
    parts = [pairs(child, f"{path}/{number}", inside) for number, child in enumerate(shape[2])]
    ordered = set().union(*(inner for _, inner in parts))
    if shape[0] == "serial":
        for one, other in itertools.combinations(parts, 2):
            ordered |= {(a, b) for a in one[0] for b in other[0]}
    return {key: value for part, _ in parts for key, value in part.items()}, ordered


@given(TREES)
def test_the_warning_comes_where_a_pair_is_ordered_and_apart(shape: Any) -> None:
    inside, ordered = pairs(shape)
    apart = {(a, b) for a, b in ordered if not inside[a] or inside[a] != inside[b]}
    said = [found for found in resolved(build(shape))[1] if found.code == "C223"]
    assert len(said) == (1 if apart else 0)
    for found in said:
        first = found.message.split(" that ")[1].split(" leaves")[0]
        assert (first, found.node) in apart


def test_depth_and_breadth_are_no_matter() -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(150)
    try:
        root = chain(30_000, docker())
        node = root
        for _ in range(29_998):
            node = node["n"]
        node["wide"] = parallel({str(number): docker(cpu=number % 2 + 1) for number in range(1000)}, **NEW)
        found = resolved(root)[1]
    finally:
        sys.setrecursionlimit(limit)
    assert sorted(said.code for said in found) == ["C222", "C223"]
