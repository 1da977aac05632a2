"""What counts for a node, asked of the node itself: the same as resolve finds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import conducto as co
from conducto import inherit
from conducto.diagnostics import ConductoKeyError
from tests import plans
from tests.plans import parallel, serial


def leaf(*own: dict[str, Any]) -> co.Node:
    """An Exec below Serials, the attributes of each from the root down."""
    node: co.Node = co.Exec("x", **own[-1])
    for attributes in reversed(own[:-1]):
        node = serial({"n": node}, **attributes)
    return next(found for found in node.stream() if found.kind == "exec")


@pytest.mark.parametrize(
    ("name", "own", "wanted"),
    [
        ("cpu", ({"cpu": 1}, {"cpu": 2}, {}), 2),
        ("cpu", ({"cpu": 1}, {"cpu": None}, {}), 1),
        ("cpu", ({}, {}), None),
        ("requires_docker", ({"requires_docker": True}, {}), True),
        ("requires_docker", ({"requires_docker": True}, {"requires_docker": False}, {}), False),
        ("requires_docker", ({}, {}), False),
        ("docker_run_args", ({"docker_run_args": "-P"}, {}), ("-P",)),
        ("docker_run_args", ({"docker_run_args": "-P"}, {"docker_run_args": []}), ()),
        ("container_reuse_context", ({"same_container": "new"}, {}), co.ContainerReuseContext.NEW),
        (
            "container_reuse_context",
            ({"same_container": "new"}, {"same_container": "global"}),
            co.ContainerReuseContext.GLOBAL,
        ),
        ("same_container", ({"container_reuse_context": "new"}, {}), co.SameContainer.NEW),
        ("same_container", ({}, {}), co.SameContainer.INHERIT),
        ("env", ({"env": {"A": "1", "B": "1"}}, {"env": {"B": "2"}}, {}), {"A": "1", "B": "2"}),
        (
            "options",
            ({"options": {"a": {"x": [1], "y": 1}}}, {"options": {"a": {"x": [2]}}}),
            {"a": {"x": (2,), "y": 1}},
        ),
        ("image", ({"image": "a"}, {"image": "b"}, {}), "b"),
        ("image_name", ({"image_name": "a"}, {"image": "b"}, {}), None),
        ("image_name", ({"image": "a"}, {"image_name": "b"}, {}), "b"),
        ("skip", ({"skip": True}, {}), False),
        ("max_time", ({"max_time": 5}, {}), None),
        ("max_time", ({}, {"max_time": 5}), 5),
        ("retries", ({"retries": 5}, {}), 0),
        ("tags", ({"tags": "a"}, {"tags": "b"}), ("b",)),
    ],
)
def test_what_counts(name: str, own: tuple[dict[str, Any], ...], wanted: Any) -> None:
    assert leaf(*own).get_inherited_attribute(name) == wanted


def test_an_image_that_is_named() -> None:
    tools = co.Image("alpine", name="tools")
    node = leaf({"image": "debian"}, {"image_name": "tools"}, {})
    with pytest.raises(ConductoKeyError, match="C220") as unknown:
        node.get_inherited_attribute("image")
    assert unknown.value.diagnostics[0].node == "/n/n"
    other = serial({"above": node.root})
    other["used"] = co.Exec("y", image=tools)
    assert node.get_inherited_attribute("image") is tools
    other.register_image(co.Image("debian", name="tools"))
    with pytest.raises(ConductoKeyError, match="C221"):
        node.get_inherited_attribute("image")


def test_an_attribute_that_the_node_cannot_have_is_an_error() -> None:
    for name in ("stop_on_error", "max_concurrent", "bogus", "", None):
        with pytest.raises(ConductoKeyError, match="C111"):
            co.Exec("x").get_inherited_attribute(name)  # type: ignore[arg-type]
    with pytest.raises(ConductoKeyError) as found:
        co.Exec("x").get_inherited_attribute("memm")
    assert found.value.diagnostics[0].help == "did you mean `mem`?"


OWN = st.fixed_dictionaries(
    {},
    optional={
        "env": st.dictionaries(st.sampled_from("ABC"), st.sampled_from(["1", "2"]), max_size=3),
        "options": st.dictionaries(
            st.sampled_from(["argo", "make"]),
            st.dictionaries(st.sampled_from("xy"), st.integers(0, 2), max_size=2),
            max_size=2,
        ),
        "cpu": st.sampled_from([None, 1, 2]),
        "gpu": st.sampled_from([None, 0, 2]),
        "requires_docker": st.sampled_from([None, True, False]),
        "docker_run_args": st.sampled_from([None, "", "-P"]),
        "image": st.sampled_from([None, "a", "b"]),
    },
)


@given(st.lists(OWN, min_size=1, max_size=5))
def test_it_is_what_resolve_finds(own: list[dict[str, Any]]) -> None:
    node = leaf(*own)
    row = plans.resolved(node.root).rows[-1]
    asked = {name: node.get_inherited_attribute(name) for name in ("env", "options", "cpu", "gpu", "requires_docker")}
    assert asked == {name: getattr(row, name) for name in asked}
    assert (node.get_inherited_attribute("docker_run_args") or ()) == row.docker_run_args
    assert (node.get_inherited_attribute("image") or "default") == (row.image and row.image.base)


@given(st.lists(OWN, min_size=1, max_size=5))
def test_the_merge_is_that_of_each_key_from_the_bottom(own: list[dict[str, Any]]) -> None:
    """Worked out key by key: the lowest node that says something of a key says all."""
    row = plans.resolved(leaf(*own).root).rows[-1]
    for key in "ABC":
        said = [found["env"][key] for found in own if key in found.get("env", {})]
        assert row.env.get(key) == (said[-1] if said else None)
    for target in ("argo", "make"):
        tables = [found["options"][target] for found in own if target in found.get("options", {})]
        assert (target in row.options) == bool(tables)
        for key in "xy":
            values = [table[key] for table in tables if key in table]
            assert row.options.get(target, {}).get(key) == (values[-1] if values else None)


def test_what_is_merged_is_made_of_the_same_parts() -> None:
    above, own = {"a": {"x": [1]}, "b": {}}, {"c": {"y": 1}}
    assert inherit.merged_options(above, {}) is above
    assert inherit.merged_options({}, own) is own
    found = inherit.merged_options(above, own)
    assert found == {"a": {"x": [1]}, "b": {}, "c": {"y": 1}}
    assert (above, own) == ({"a": {"x": [1]}, "b": {}}, {"c": {"y": 1}})
    assert found["a"] is above["a"]


def test_equal_images_of_one_name_are_one() -> None:
    one, same, other = (co.Image(base, name="n") for base in ("alpine", "alpine", "debian"))
    nodes = [co.Exec("x", image=one), co.Exec("x", image=same), co.Exec("x", image="n"), parallel()]
    assert inherit.named_images(nodes) == {"n": [one]}
    nodes[3].register_image(other)
    assert inherit.named_images(nodes) == {"n": [one, other]}
