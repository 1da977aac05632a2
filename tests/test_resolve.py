"""Node -> Tree: inheritance, and that nothing of the user's is kept or changed."""

from __future__ import annotations

import sys

import pytest

import conducto as co
from conducto.ir import resolve, translate
from conducto.ir.tree import Row
from tests.plans import chain, parallel, serial


def rows(root: co.Node, default: str = "default") -> dict[str, Row]:
    """Path -> row."""
    tree = resolve.resolve(root, default)
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


def test_what_is_not_inherited() -> None:
    own = {"skip": True, "suppress_errors": True, "doc": "d"}
    found = rows(serial({"a": serial({"b": co.Exec("x")})}, stop_on_error=False, **own))
    said = {path: (row.skip, row.suppress_errors, row.doc, row.stop_on_error) for path, row in found.items()}
    assert said == {"/": (True, True, "d", False), "/a": (False, False, None, True), "/a/b": (False, False, None, True)}


def test_rows_are_in_order_of_print_and_know_their_parents() -> None:
    tree = resolve.resolve(serial({"b": parallel({"z": co.Exec("1"), "a": co.Exec("2")}), "a": co.Exec("3")}), "i")
    assert [tree.path(number) for number in range(len(tree))] == ["/", "/b", "/b/z", "/b/a", "/a"]
    assert [row.parent for row in tree.rows] == [-1, 0, 1, 1, 0]
    assert tree.children == ((1, 4), (2, 3), (), (), ())
    assert list(tree.leaves()) == [2, 3, 4]
    assert tree.depths() == [1, 2, 3, 3, 2]
    assert [row.kind for row in tree.rows] == ["serial", "parallel", "exec", "exec", "exec"]
    assert (tree.rows[0].name, tree.rows[2].command, tree.rows[0].command) == ("", "1", None)


def test_a_tree_keeps_nothing_that_can_still_be_changed() -> None:
    root = serial({"a": co.Exec("x", env={"A": "1"})}, env={"B": "1"})
    tree = resolve.resolve(root, "i")
    before = [row._replace(env=dict(row.env)) for row in tree.rows]
    root["a"].env["A"] = "2"
    root.env["B"] = "2"
    root["a"].command = "y"
    root["a"].cpu = 2
    root["b"] = co.Exec("z")
    assert list(tree.rows) == before


def test_resolving_changes_nothing() -> None:
    root = serial({"a": co.Exec("x")}, cpu=1)
    before = [(node, dict(node._own)) for node in root.stream()]
    assert resolve.resolve(root, "i").rows == resolve.resolve(root, "i").rows
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
        tree = translate.translate(resolve.resolve(chain(100_000, co.Exec("x", env={"A": "1"})), "i"))
    finally:
        sys.setrecursionlimit(limit)
    assert len(tree) == 100_001
    assert tree.depths()[-1] == 100_001
    assert tree.rows[-1].env == {"A": "1"}


def test_what_is_inherited_by_many_is_held_once() -> None:
    root = parallel({str(number): co.Exec("x") for number in range(100)}, env={"A": "1"})
    assert len({id(row.env) for row in resolve.resolve(root, "i").rows[1:]}) == 1


def test_a_command_that_is_no_text_does_not_pass() -> None:
    tree = resolve.resolve(co.Exec("x"), "i")
    broken = type(tree)([tree.rows[0]._replace(command=None)])
    with pytest.raises(TypeError):
        translate.translate(broken)
