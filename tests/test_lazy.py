"""`co.Lazy`: the pair in the tree, how it prints, and what is refused where it is written."""

from __future__ import annotations

from typing import Optional, Union

import pytest

import conducto as co
from conducto.diagnostics import ConductoError, ConductoTypeError, ConductoValueError
from tests import plans
from tests.plans import serial


def none(n: int = 1, name: str = "x"):  # type: ignore[no-untyped-def]
    return co.Parallel()


def a_serial() -> co.Serial:
    return co.Serial()


def maybe_serial() -> Optional[co.Serial]:
    return None


def either() -> Union[co.Parallel, co.Serial]:
    return co.Parallel()


def node() -> co.Node:
    return co.Parallel()


def text() -> "co.Serial":
    return co.Serial()


def an_exec() -> co.Exec:
    return co.Exec("x")


def an_int() -> int:
    return 1


def nothing() -> None:
    pass


def typed(node_type: str) -> co.Serial:
    return co.Serial()


def test_the_pair_stands_in_the_tree() -> None:
    root = serial({"Test": co.Lazy("conducto test.py --num-tests=5", node_type=co.Parallel)})
    assert root.pretty() == ("/\n└─0 Test\n  ├─0 Generate   conducto test.py --num-tests=5\n  └─1 Execute")
    assert isinstance(root["Test/Generate"], co.Exec)
    assert isinstance(root["Test/Execute"], co.Parallel)


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (none, co.Parallel),
        (a_serial, co.Serial),
        (maybe_serial, co.Serial),
        (either, co.Serial),
        (node, co.Parallel),
        (text, co.Serial),
    ],
)
def test_execute_is_what_the_function_is_hinted_to_return(function: object, kind: type[co.Node]) -> None:
    made = co.Lazy(function)  # type: ignore[arg-type]
    assert type(made["Execute"]) is kind
    assert type(made["Generate"]) is co.Exec


def test_node_type_counts_and_is_the_functions_own_where_it_has_one() -> None:
    assert type(co.Lazy(none, node_type=co.Serial)["Execute"]) is co.Serial
    assert type(co.Lazy("x")["Execute"]) is co.Parallel
    assert type(co.Lazy("x", node_type=co.Serial)["Execute"]) is co.Serial
    assert "--node_type=a" in co.Lazy(typed, node_type="a")["Generate"].command


@pytest.mark.parametrize("function", [an_exec, an_int, nothing])
def test_a_function_that_returns_no_group_is_refused(function: object) -> None:
    with pytest.raises(ConductoTypeError, match="C151") as found:
        co.Lazy(function)  # type: ignore[arg-type]
    assert pointed(found.value) == "function"


@pytest.mark.parametrize("wanted", [3, co.Exec, co.Node, "Serial", co.Serial()])
def test_a_node_type_is_a_group(wanted: object) -> None:
    with pytest.raises(ConductoTypeError, match="C152") as found:
        co.Lazy("x", node_type=wanted)
    assert pointed(found.value) == "wanted"


def test_attributes_beside_it_are_the_first_childs() -> None:
    made = co.Lazy("x", cpu=2, env={"A": "1"}, skip=True)
    assert (made.cpu, made["Execute"].cpu, made.skip) == (None, None, False)
    assert (made["Generate"].cpu, made["Generate"].env, made["Generate"].skip) == (2, {"A": "1"}, True)
    called = co.Lazy(none, n=2, params=co.Params(cpu=3))
    assert called["Generate"].cpu == 3
    called.env["B"] = "2"
    assert called["Execute"].get_inherited_attribute("env") == {"B": "2"}


def test_in_a_block_it_has_a_name() -> None:
    with co.Serial() as root:
        co.Lazy("x", name="a", cpu=1)
        co.Lazy(a_serial, name="b")
        co.Lazy(a_serial, params=co.Params(name="c", cpu=1))
        with co.Parallel(name="d"):
            co.Lazy("y", name="e")
    assert [*root.children] == ["a", "b", "c", "d"]
    assert root["c/Generate"].cpu == 1
    assert "--name=z" in co.Lazy(none, name="z")["Generate"].command
    with pytest.raises(ConductoValueError, match="C112"), co.Serial():
        co.Lazy("x")


@pytest.mark.parametrize("path", ["more", "Execute/more", "Generate", "Execute"])
def test_nothing_more_is_put_into_it(path: str) -> None:
    root = serial({"a": co.Lazy("x")})
    with pytest.raises(ConductoValueError, match="C153") as found:
        root[f"a/{path}"] = co.Exec("y")
    assert found.value.diagnostics[0].node == f"/a/{path}"
    assert root.pretty().count("\n") == 3


@pytest.mark.parametrize("wrong", [lambda: co.Lazy(lambda: 1), lambda: co.Lazy("x", 3), lambda: co.Lazy(none, q=1)])
def test_what_an_exec_would_refuse_it_refuses(wrong: object) -> None:
    with pytest.raises(ConductoTypeError):
        wrong()  # type: ignore[operator]


def test_the_plan_tells_the_two_apart_and_what_is_handed_down() -> None:
    made = co.Lazy("x", cpu=1)
    made.env["A"] = "1"
    found = plans.plan(serial({"a": made}, image="i", cpu=2, docker_run_args="-v /a:/b"))
    pair, generate, execute = found.rows[1:]
    assert (pair.lazy, generate.lazy, execute.lazy) == (False, True, True)
    assert (generate.cpu, execute.cpu) == (1, 2)
    assert (dict(execute.env), execute.docker_run_args) == ({"A": "1"}, ("-v", "/a:/b"))
    assert execute.image is not None
    assert (execute.image.base, execute.chosen) == ("i", True)


@pytest.mark.parametrize("skipped", ["a", "a/Generate", "a/Execute"])
def test_what_is_skipped_generates_nothing(skipped: str) -> None:
    root = serial({"a": co.Lazy("x")})
    root[skipped].skip = True
    found = plans.plan(root)
    assert found.runs[2] == (skipped == "a/Execute")
    assert not found.runs[3]
    assert found.growing() == []


def pointed(error: ConductoError) -> str:
    """What the caret stands under."""
    place = error.diagnostics[0].location
    assert place is not None
    return place.text[place.column : place.end_column]
