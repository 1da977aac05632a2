"""Node -> Tree: inheritance, and that nothing of the user's is kept or changed."""

from __future__ import annotations

import sys
from typing import Any

import pytest

import conducto as co
from conducto.diagnostics import Report
from conducto.ir import resolve, translate
from conducto.ir.images import Code
from conducto.ir.tree import Row
from tests import plans
from tests.plans import chain, parallel, serial


def rows(root: co.Node, default: str = "default") -> dict[str, Row]:
    """Path -> row."""
    tree = plans.resolved(root, default)
    return {tree.path(number): row for number, row in enumerate(tree.rows)}


@pytest.mark.parametrize(
    ("own", "wanted"),
    [({}, (1, 2, 3)), ({"cpu": 4}, (4, 2, 3)), ({"mem": 5, "gpu": 0}, (1, 5, 0)), ({"cpu": None}, (1, 2, 3))],
)
def test_the_nearest_value_counts(own: dict[str, float], wanted: tuple[float, ...]) -> None:
    found = rows(serial({"a": parallel({"b": co.Exec("x")}, **own)}, cpu=1, mem=2, gpu=3))["/a/b"]
    assert (found.cpu, found.mem, found.gpu) == wanted


def test_env_is_merged_key_by_key_and_the_child_wins() -> None:
    part = parallel({"b": co.Exec("x", env={"C": "leaf"})}, env={"B": "2", "A": ""})
    root = serial({"a": part, "c": co.Exec("y")}, env={"A": "1", "C": "1"})
    assert rows(root)["/a/b"].env == {"A": "", "C": "leaf", "B": "2"}
    assert list(rows(root)["/a/b"].env) == ["A", "C", "B"]
    assert rows(root)["/c"].env == {"A": "1", "C": "1"}


@pytest.mark.parametrize(
    ("root", "leaf", "default", "wanted"),
    [
        (None, None, "default", ("default", False)),
        ("r", None, "default", ("r", True)),
        ("r", "l", "default", ("l", True)),
        (None, "default", "default", ("default", True)),
        (None, None, "", (None, False)),
        (None, "l", "", ("l", True)),
    ],
)
def test_images(root: str | None, leaf: str | None, default: str, wanted: tuple[str | None, bool]) -> None:
    found = rows(serial({"a": co.Exec("x", image=leaf)}, image=root), default)["/a"]
    assert (found.image and found.image.base, found.chosen) == wanted


NEAREST = [
    ({}, {}, {}, (False, ())),
    ({"requires_docker": True, "docker_run_args": "-P"}, {}, {}, (True, ("-P",))),
    ({"requires_docker": True, "docker_run_args": "-P"}, {"requires_docker": False}, {}, (False, ("-P",))),
    ({"requires_docker": True, "docker_run_args": "-P"}, {}, {"docker_run_args": []}, (True, ())),
    ({"requires_docker": False}, {"requires_docker": True}, {"requires_docker": None}, (True, ())),
    ({"docker_run_args": ["-P"]}, {"docker_run_args": "--init -v /a:/b"}, {}, (False, ("--init", "-v", "/a:/b"))),
]


@pytest.mark.parametrize(("root", "group", "leaf", "wanted"), NEAREST)
def test_an_explicit_no_of_a_child_counts(root: Any, group: Any, leaf: Any, wanted: tuple[object, ...]) -> None:
    tree = serial({"a": parallel({"b": co.Exec("x", **leaf)}, **group)}, **root)
    found = rows(tree)["/a/b"]
    assert (found.requires_docker, found.docker_run_args) == wanted
    assert (rows(tree)["/a"].requires_docker, rows(tree)["/a"].docker_run_args) == (False, ())


def test_what_is_of_every_node() -> None:
    own = {"title": "t", "tags": ["b", "a"], "max_time": "1m", "retries": 2}
    root = serial({"a": parallel({"b": co.Exec("x", **own)}, max_concurrent=3, **own), "c": co.Exec("y")}, **own)
    found = rows(root)
    for path in ("/", "/a", "/a/b"):
        row = found[path]
        assert (row.title, row.tags, row.max_time, row.retries) == ("t", ("b", "a"), 60, 2)
    assert [found[path].max_concurrent for path in ("/", "/a", "/a/b")] == [None, 3, None]
    row = found["/c"]
    assert (row.title, row.tags, row.max_time, row.retries) == (None, (), None, 0)


def test_options_are_merged_by_target_and_key() -> None:
    mine = {"argo": {"x": {"deep": 2}, "z": 3}, "make": {"m": 1}}
    part = parallel({"b": co.Exec("x", options={"argo": {"y": None}})}, options=mine)
    root = serial({"a": part, "c": co.Exec("y")}, options={"argo": {"x": {"deep": 1, "kept": 1}, "y": 1}})
    found = rows(root)
    assert found["/a/b"].options == {"argo": {"x": {"deep": 2}, "y": None, "z": 3}, "make": {"m": 1}}
    assert found["/a"].options["argo"]["y"] == 1
    assert found["/c"].options == found["/"].options == {"argo": {"x": {"deep": 1, "kept": 1}, "y": 1}}
    assert found["/c"].options is found["/"].options
    assert type(found["/a/b"].options["argo"]["x"]) is dict


def test_secrets_and_texts_of_env() -> None:
    leaf = co.Exec("x", env={"A": "1", "B": co.Secret("S")})
    found = rows(serial({"a": leaf}, env={"A": co.Secret("R"), "C": co.Secret("R")}))["/a"]
    assert (found.texts, found.secrets) == ({"A": "1"}, {"C": "R", "B": "S"})


# --- images -------------------------------------------------------------------------------------------------------------


def test_equal_images_are_one() -> None:
    leaves = {str(number): co.Exec("x", image=co.Image("alpine", name=f"n{number}")) for number in range(3)}
    leaves["text"] = co.Exec("x", image="alpine")
    leaves["default"] = co.Exec("x")
    tree = plans.resolved(parallel(leaves), "alpine")
    assert len({id(row.image) for row in tree.rows[1:]}) == 1
    assert [row.chosen for row in tree.rows[1:]] == [True] * 4 + [False]


@pytest.mark.parametrize("default", ["default", ""])
def test_an_image_that_names_no_base_is_the_default_one(default: str) -> None:
    found = rows(parallel({"a": co.Exec("x", image=co.Image(copy_dir="."))}), default)["/a"]
    assert found.image is not None
    assert (found.image.base, found.chosen) == (default, False)
    assert found.image.code == Code("folder", "tests")
    chosen = rows(parallel({"a": co.Exec("x", image=co.Image("i", copy_dir="."))}), default)["/a"]
    assert (chosen.image and chosen.image.base, chosen.chosen) == ("i", True)


def test_names_of_images_are_those_of_the_whole_tree() -> None:
    last = co.Exec("y", image=co.Image("debian", name="used"))
    last.register_image(co.Image("alpine", name="held"))
    first = parallel({"a": co.Exec("x", image_name="used"), "b": co.Exec("x", image="other")}, image_name="held")
    first["c"] = co.Exec("x")
    found = rows(serial({"first": first, "last": last}, image="root"))
    images = {path: row.image and row.image.base for path, row in found.items() if row.kind == "exec"}
    assert images == {"/first/a": "debian", "/first/b": "other", "/first/c": "alpine", "/last": "debian"}
    assert all(row.chosen for row in found.values() if row.kind == "exec")


def complaints(root: co.Node) -> list[tuple[str, str | None]]:
    report = Report()
    resolve.resolve(root, "i", plans.HOME, report)
    return [(found.code, found.node) for found in report.errors]


def test_every_name_of_no_image_is_told_at_once() -> None:
    root = serial({"a": co.Exec("x", image_name="n"), "b": parallel({"c": co.Exec("y")}, image_name="m")})
    root["d"] = co.Exec("z", image=co.Image("alpine", name="k"))
    assert complaints(root) == [("C220", "/a"), ("C220", "/b")]
    root.register_image(co.Image("alpine", name="n"))
    root.register_image(co.Image("alpine", name="m"))
    assert complaints(root) == []
    root.register_image(co.Image("debian", name="n"))
    assert complaints(root) == [("C221", "/a")]
    root["a"].set(image_name=None)
    assert complaints(root) == []


def test_what_follows_from_a_name_of_no_image_is_not_told_too() -> None:
    root = serial({"a": co.Exec("x", image_name="n"), "b": co.Exec("y", image="other")}, same_container="new")
    assert complaints(root) == [("C220", "/a")]


def test_help_lists_the_images_there_are() -> None:
    root = serial({"a": co.Exec("x", image_name="far"), "b": co.Exec("x", image=co.Image("a", name="near"))})
    report = Report()
    resolve.resolve(root, "i", plans.HOME, report)
    assert report.errors[0].help == "the Images here are called: near; `node.register_image(...)` adds one"


def test_what_is_wrong_with_an_image_is_told_once_with_the_first_node() -> None:
    image = co.Image("alpine", copy_dir="/")
    root = serial(
        {"a": parallel({"b": co.Exec("x"), "c": co.Exec("y")}, image=image), "d": co.Exec("z", image_name="n")}
    )
    assert complaints(root) == [("C204", "/a/b"), ("C220", "/d")]


def test_the_work_is_linear_in_nodes_and_images() -> None:
    class Counted(co.Image):
        __slots__ = ()
        asked = 0

        def __hash__(self) -> int:
            Counted.asked += 1
            return hash(self.definition)

    images = [Counted("alpine", name=f"n{number}") for number in range(200)]
    root = parallel({str(number): co.Exec("x", image=image) for number, image in enumerate(images)})
    for number in range(200):
        root[f"named{number}"] = co.Exec("x", image_name=f"n{number}")
    plans.resolved(root)
    assert Counted.asked < 400 * 5


def test_what_is_not_inherited() -> None:
    own = {"skip": True, "suppress_errors": True, "doc": "d"}
    found = rows(serial({"a": serial({"b": co.Exec("x")})}, stop_on_error=False, **own))
    said = {path: (row.skip, row.suppress_errors, row.doc, row.stop_on_error) for path, row in found.items()}
    assert said == {"/": (True, True, "d", False), "/a": (False, False, None, True), "/a/b": (False, False, None, True)}


def test_rows_are_in_order_of_print_and_know_their_parents() -> None:
    tree = plans.resolved(serial({"b": parallel({"z": co.Exec("1"), "a": co.Exec("2")}), "a": co.Exec("3")}), "i")
    assert [tree.path(number) for number in range(len(tree))] == ["/", "/b", "/b/z", "/b/a", "/a"]
    assert [row.parent for row in tree.rows] == [-1, 0, 1, 1, 0]
    assert tree.children == ((1, 4), (2, 3), (), (), ())
    assert list(tree.leaves()) == [2, 3, 4]
    assert tree.depths() == [1, 2, 3, 3, 2]
    assert tree.path_sizes() == [0, *(len(tree.path(number).encode()) for number in range(1, 5))]
    assert [row.kind for row in tree.rows] == ["serial", "parallel", "exec", "exec", "exec"]
    assert (tree.rows[0].name, tree.rows[2].command, tree.rows[0].command) == ("", "1", None)


def test_a_tree_keeps_nothing_that_can_still_be_changed() -> None:
    root = serial({"a": co.Exec("x", env={"A": "1"})}, env={"B": "1"}, options={"argo": {"x": 1}}, docker_run_args="-P")
    tree = plans.resolved(root, "i")
    before = [row._replace(env=dict(row.env)) for row in tree.rows]
    root["a"].env["A"] = "2"
    root.env["B"] = "2"
    root["a"].command = "y"
    root["a"].cpu = 2
    root["b"] = co.Exec("z")
    root.options = {"argo": {"x": 2}}
    root.docker_run_args = []
    assert list(tree.rows) == before


def test_resolving_changes_nothing() -> None:
    root = serial({"a": co.Exec("x", image_name="n")}, cpu=1, image=co.Image("i", name="n"), same_container="new")
    before = [(node, dict(node._own)) for node in root.stream()]
    assert plans.resolved(root, "i").rows == plans.resolved(root, "i").rows
    assert [(node, dict(node._own)) for node in root.stream()] == before


def test_a_part_of_a_tree_is_a_root_that_inherits_nothing() -> None:
    root = serial({"a": serial({"b": co.Exec("x")}, mem=1)}, cpu=1)
    found = rows(root["a"])
    assert list(found) == ["/", "/b"]
    assert (found["/b"].cpu, found["/b"].mem) == (None, 1)


def test_depth_is_no_matter() -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(150)
    try:
        tree = plans.tree(chain(100_000, co.Exec("x", env={"A": "1"})), "i")
    finally:
        sys.setrecursionlimit(limit)
    assert len(tree) == 100_001
    assert tree.depths()[-1] == 100_001
    assert tree.rows[-1].env == {"A": "1"}


def test_what_is_inherited_by_many_is_held_once() -> None:
    root = parallel({str(number): co.Exec("x") for number in range(100)}, env={"A": "1"})
    assert len({id(row.env) for row in plans.resolved(root, "i").rows[1:]}) == 1


def test_a_command_that_is_no_text_does_not_pass() -> None:
    tree = plans.resolved(co.Exec("x"), "i")
    broken = type(tree)([tree.rows[0]._replace(command=None)])
    with pytest.raises(TypeError):
        translate.translate(broken, plans.HOME, "", Report())


def test_rows_that_inherit_the_same_share_it() -> None:
    root = parallel({name: co.Exec(name) for name in "ab"} | {"c": co.Exec("c", cpu=2)}, image="i", env={"A": "b"})
    first, second, third = plans.resolved(root).rows[1:]
    assert first.alike is second.alike
    assert third.alike is not first.alike
    assert (third.cpu, third.image, third.env) == (2, first.image, first.env)


def test_a_row_is_told_and_changed_as_a_whole() -> None:
    row = Row(0, "a", "exec", command="x", cpu=2.0)
    assert row._replace(command="y", cpu=3.0) == Row(0, "a", "exec", command="y", cpu=3.0)
    assert row._replace(name="b").alike is row.alike
    told = row._asdict()
    assert list(told)[:3] == ["parent", "name", "kind"]
    assert Row(**told) == row
    assert {*told} - {*Row._field_defaults} == {"parent", "name", "kind"}
    with pytest.raises(AttributeError):
        row.cpu = 1.0
