"""The tree as a user builds it: paths, blocks, and every rule of building with the exception that breaks it."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

import conducto as co
from conducto import pretty
from conducto.diagnostics import ConductoAttributeError, ConductoKeyError, ConductoTypeError, ConductoValueError


def group(*names: str, kind: type[co.Node] = co.Parallel) -> co.Node:
    node = kind()
    for name in names:
        node[name] = co.Exec(f"echo {name}")
    return node


def raised(code: str, *errors: type[Exception]) -> contextlib.AbstractContextManager[object]:
    """What is raised is ours, has that code alone, and is what the original raised too."""

    @contextlib.contextmanager
    def check() -> Iterator[None]:
        with pytest.raises(co.ConductoError) as found:
            yield
        assert [diagnostic.code for diagnostic in found.value.diagnostics] == [code]
        assert all(isinstance(found.value, error) for error in errors)
        assert f"[{code}]" in str(found.value)

    return check()


# --- paths ------------------------------------------------------------------------------------------------------------


def test_children_keep_the_order_they_were_put_in() -> None:
    node = group("b", "a", "c")
    assert list(node.children) == ["b", "a", "c"]
    assert [child.path for child in node.stream()] == ["/", "/b", "/a", "/c"]


def test_paths_get_and_set() -> None:
    root = co.Serial()
    root["a"] = co.Parallel()
    root["a/b"] = co.Serial()
    root["a"]["b"]["c"] = co.Exec("x")
    deep = root["a//b"]
    deep["/d"] = co.Exec("y")
    assert root["a/b/c"] is deep["c"] is deep["/a/b/c"]
    assert list(root.children) == ["a", "d"]
    assert deep["/"] is root is deep.root is root.root
    assert (str(deep["c"]), deep["c"].name, root.name, str(root)) == ("/a/b/c", "c", "/", "/")
    assert (deep.parent, root.parent) == (root["a"], None)


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("a", True),
        ("a/b", True),
        ("/a/b", True),
        ("a//b", True),
        ("b", False),
        ("a/b/c", False),
        ("x/y", False),
        ("/", True),
    ],
)
def test_whether_a_path_is_there(path: str, there: bool) -> None:
    root = co.Serial()
    root["a"] = group("b")
    assert (path in root) is there
    assert (path in root["a"]) is ((there and path.startswith("/")) or path == "b")


def test_a_whole_tree_can_be_put_under_another() -> None:
    part, root = group("x", "y"), co.Serial()
    root["part"] = part
    assert part["x"].path == "/part/x"
    assert part["x"].root is root
    assert "/part/y" in part


def test_names_that_only_look_alike_are_different() -> None:
    names = ["a", "A", " a", "ä", "a\u0308", ".", "..", "x" * 500, "new\nline", "$x", "{{x}}"]
    assert list(group(*names).children) == names


def test_a_tree_is_no_sequence_and_cannot_be_written_round_the_back() -> None:
    root = group("a")
    with pytest.raises(TypeError):
        iter(root)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        root.children["b"] = co.Exec("x")  # type: ignore[index]
    with pytest.raises(AttributeError):
        root.name = "b"  # type: ignore[misc]
    assert bool(co.Serial())


# --- what is refused --------------------------------------------------------------------------------------------------


def _child_of_exec() -> None:
    co.Exec("x")["a"] = co.Exec("y")


def _block_of_exec() -> None:
    with co.Exec("x"):
        pass


def _twice() -> None:
    node = co.Exec("x")
    root = co.Serial()
    root["a"] = node
    root["b"] = node


def _cycle() -> None:
    root = co.Serial()
    root["a"] = co.Serial()
    root["a"]["b"] = root


def _self() -> None:
    root = co.Serial()
    root["a"] = root


def _left_in_block() -> None:
    with co.Serial():
        co.Exec("x")


def _name_outside() -> None:
    co.Exec("x", name="a")


@pytest.mark.parametrize(
    ("code", "error", "act"),
    [
        ("C101", ValueError, lambda: group("a", "a")),
        ("C102", ValueError, lambda: group("")),
        ("C102", ValueError, lambda: group("/")),
        ("C102", ValueError, lambda: group("a/")),
        ("C102", ValueError, lambda: co.Serial()[""]),
        ("C103", TypeError, lambda: group(3)),  # type: ignore[arg-type]
        ("C103", TypeError, lambda: group(None)),  # type: ignore[arg-type]
        ("C103", TypeError, lambda: co.Serial()[b"a"]),  # type: ignore[index]
        ("C103", TypeError, lambda: 3 in co.Serial()),  # type: ignore[operator]
        ("C104", ValueError, lambda: co.Serial().__setitem__("a\0", co.Exec("x"))),
        ("C104", ValueError, lambda: co.Serial().__setitem__("\ud800", co.Exec("x"))),
        ("C104", ValueError, lambda: co.Serial().__setitem__("\uffff", co.Exec("x"))),
        ("C104", ValueError, lambda: co.Serial().__setitem__("n" * 100_001, co.Exec("x"))),
        ("C105", KeyError, lambda: group("a/b")),
        ("C105", KeyError, lambda: co.Serial()["a"]),
        ("C105", KeyError, lambda: group("a")["a/b"]),
        ("C106", ValueError, _twice),
        ("C107", ValueError, _cycle),
        ("C107", ValueError, _self),
        ("C108", ValueError, _child_of_exec),
        ("C108", ValueError, _block_of_exec),
        ("C109", TypeError, lambda: co.Serial().__setitem__("a", "x")),  # type: ignore[assignment]
        ("C109", TypeError, lambda: co.Serial().__setitem__("a", None)),  # type: ignore[assignment]
        ("C109", TypeError, lambda: co.Serial().__setitem__("a", co.Exec)),  # type: ignore[assignment]
        ("C109", TypeError, co.Node),
        ("C112", ValueError, _left_in_block),
        ("C113", ValueError, _name_outside),
        ("C114", TypeError, lambda: co.Exec(["a"])),  # type: ignore[arg-type]
        ("C115", ValueError, lambda: co.Exec("a\0")),
        ("C150", TypeError, lambda: co.Serial("x")),  # type: ignore[arg-type]
        ("C150", TypeError, lambda: co.Parallel(None)),  # type: ignore[arg-type]
        ("C147", TypeError, lambda: co.Exec("x", "y")),
    ],
)
def test_what_breaks_a_rule_raises_at_once(code: str, error: type[Exception], act: Callable[[], object]) -> None:
    with raised(code, error):
        act()


def test_a_refused_assignment_changes_nothing() -> None:
    root = co.Serial()
    root["a"] = group("x")
    before = pretty.node_text(root)
    for path, node in [
        ("a", co.Exec("1")),
        ("", co.Exec("2")),
        ("b/c", co.Exec("3")),
        ("a/x/y", co.Exec("4")),
        ("b", root),
    ]:
        with pytest.raises(co.ConductoError):
            root[path] = node
        assert node.parent is None
    assert pretty.node_text(root) == before


def test_a_failing_constructor_leaves_nothing_attached() -> None:
    with co.Serial() as root:
        for wrong in ({"cpu": -1}, {"bogus": 1}, {"env": {"A": 1}}):
            with pytest.raises(co.ConductoError):
                co.Exec("x", name="a", **wrong)
        with pytest.raises(co.ConductoError):
            co.Exec("\0", name="a")
        co.Exec("y", name="a")
    assert pretty.node_text(root) == "/\n└─0 a   y"


def test_a_subclass_of_a_node_is_one_and_a_kind_of_its_own_is_not() -> None:
    class Shell(co.Exec):
        def __init__(self, command: str) -> None:
            super().__init__(f"set -e; {command}", cpu=1)

    class Odd(co.Node):
        pass

    root = co.Serial()
    root["a"] = Shell("x")
    assert pretty.node_text(root) == "/\n└─0 a   set -e; x"
    with raised("C109", TypeError):
        Odd()


def test_the_tree_is_told_where_it_broke_its_rule() -> None:
    root = co.Serial()
    root["Test"] = group("unit")
    with pytest.raises(ConductoValueError) as taken:
        root["Test/unit"] = co.Exec("x")
    assert taken.value.diagnostics[0].node == "/Test/unit"
    with pytest.raises(ConductoKeyError) as missing:
        root["Test/Unit/api"]
    assert missing.value.diagnostics[0].node == "/Test/Unit"
    assert missing.value.diagnostics[0].help == "did you mean `unit`?"
    with pytest.raises(ConductoTypeError) as made, co.Parallel():
        co.Exec("x", name="a b", cpu="1")
    assert made.value.diagnostics[0].node == "/a b"
    with pytest.raises(ConductoAttributeError) as set_later:
        root["Test"].cpus = 1
    assert set_later.value.diagnostics[0].node == "/Test"
    with pytest.raises(ConductoTypeError) as in_env:
        root["Test"].env["A"] = 1
    assert in_env.value.diagnostics[0].node == "/Test"


# --- `with` -----------------------------------------------------------------------------------------------------------


def test_blocks_build_what_assignment_builds() -> None:
    with co.Serial() as root:
        with co.Parallel(name="Test"):
            co.Exec("1", name="a")
            co.Exec("2", name="b")
        root["Ship"] = co.Exec("3")
    same = co.Serial()
    same["Test"] = co.Parallel()
    same["Test/a"], same["Test/b"], same["Ship"] = co.Exec("1"), co.Exec("2"), co.Exec("3")
    assert pretty.node_text(root) == pretty.node_text(same)


def test_a_block_can_be_opened_again_and_in_itself() -> None:
    root = co.Serial()
    with root:
        co.Exec("1", name="a")
    with root, root:
        co.Exec("2", name="b")
    assert list(root.children) == ["a", "b"]


def test_what_a_block_leaves_without_a_place_is_told_all_at_once() -> None:
    with pytest.raises(ConductoValueError) as found, co.Serial() as root:  # noqa: PT012
        co.Exec("1")
        placed = co.Exec("2")
        co.Parallel()
        root["b"] = placed
    lines = [diagnostic.location.line for diagnostic in found.value.diagnostics if diagnostic.location]
    assert [diagnostic.code for diagnostic in found.value.diagnostics] == ["C112", "C112"]
    assert lines[1] == lines[0] + 2


def test_an_exception_ends_its_blocks_and_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), co.Serial(), co.Parallel(name="a"):  # noqa: PT012
        co.Exec("left over, but that is not what is wrong")
        raise ZeroDivisionError
    co.Exec("no block is open")
    with raised("C113", ValueError):
        co.Exec("x", name="a")


def test_blocks_of_one_thread_are_not_those_of_another() -> None:
    found: list[object] = []

    def other() -> None:
        with co.Serial() as mine:
            co.Exec("there", name="a")
        found.append(mine)
        try:
            co.Exec("x", name="b")
        except ConductoValueError as error:
            found.append(error.diagnostics[0].code)

    with co.Serial() as root:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        co.Exec("here", name="a")
    assert found[1] == "C113"
    assert pretty.node_text(found[0]) == "/\n└─0 a   there"  # type: ignore[arg-type]
    assert pretty.node_text(root) == "/\n└─0 a   here"


def test_blocks_of_one_task_are_not_those_of_another() -> None:
    async def build(name: str) -> co.Node:
        with co.Serial() as root:
            for number in range(3):
                await asyncio.sleep(0)
                with co.Parallel(name=f"{name}{number}"):
                    await asyncio.sleep(0)
                    co.Exec(name, name=name)
        return root

    async def both() -> list[co.Node]:
        return list(await asyncio.gather(build("a"), build("b")))

    for root, name in zip(asyncio.run(both()), "ab"):
        assert [node.path for node in root.stream() if node.kind == "exec"] == [f"/{name}{n}/{name}" for n in range(3)]


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_a_name_is_the_text_that_it_is() -> None:
    class Level(str, Enum):
        DEBUG = "debug"

    root = co.Serial(env={"LEVEL": Level.DEBUG}, image=Level.DEBUG, doc=Level.DEBUG)
    root[Level.DEBUG] = co.Exec(Level.DEBUG)
    given = [root["debug"].name, root.env["LEVEL"], root.image, root.doc, root["debug"].command]
    assert [(type(text), text) for text in given] == [(str, "debug")] * 5


def test_both_orders_of_a_walk() -> None:
    root = co.Serial()
    root["a"] = group("x", "y")
    root["b"] = co.Exec("z")
    assert [str(node) for node in root.stream()] == ["/", "/a", "/a/x", "/a/y", "/b"]
    assert [str(node) for node in root.stream(reverse=True)] == ["/a/x", "/a/y", "/a", "/b", "/"]


def test_a_tree_can_be_copied_and_pickled_never_by_half() -> None:
    root = co.Serial(env={"A": "1"}, cpu=2)
    root["a"] = group("x")
    copied = copy.deepcopy(root)
    copied["a"].env["B"] = "2"
    copied["b"] = co.Exec("y")
    assert pretty.node_text(root) == "/\n└─0 a\n  └─ x   echo x"
    assert "B" not in root["a"].env
    assert copied["/a/x"].root is copied
    with pytest.raises(TypeError):
        pickle.dumps(root)


@given(st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=6))
def test_every_name_that_is_taken_is_found_again(names: list[str]) -> None:
    root = co.Parallel()
    taken = []
    for name in names:
        with contextlib.suppress(ConductoValueError, ConductoKeyError):
            root[name] = co.Exec("x")
            taken.append(name)
    assert all(name in root and root[name].path == f"/{name.strip('/')}" for name in taken)
    assert len(root.children) == len(taken)
    assert all(set(name) & set("/\0\ufffe\uffff") or name in taken for name in names)


def chain(length: int) -> co.Node:
    """Serials, each in the one before; built from the top."""
    root = co.Serial()
    node: co.Node = root
    for _ in range(length - 1):
        node["n"] = co.Serial()
        node = node["n"]
    return root


def test_depth_is_limited_by_memory_only() -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(150)
    try:
        root = chain(100_000)
        deepest = list(root.stream())[-1]
        assert deepest.path == "/" + "/".join(["n"] * 99_999)
        assert deepest.root is root
        upper = co.Serial()
        upper["top"] = root
        assert deepest.root is upper
        with raised("C107", ValueError):
            deepest["again"] = upper
        del root, deepest, upper
    finally:
        sys.setrecursionlimit(limit)


def test_a_tree_of_subtrees_finds_its_root_in_few_steps() -> None:
    """Built from the bottom, every node asks for its root: linear together, as each path is walked once."""
    steps = 0

    class Counted(co.Serial):
        __slots__ = ()

        def __getattribute__(self, name: str) -> object:
            nonlocal steps
            steps += name == "_top"
            return super().__getattribute__(name)

    node: co.Node = Counted()
    leaf = node
    for _ in range(20_000):
        upper = Counted()
        upper["n"] = node
        node = upper
        assert leaf.root is node
    assert steps < 20_000 * 12
