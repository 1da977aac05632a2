"""The printed tree, byte for byte."""

from __future__ import annotations

import io
import itertools
import sys
from pathlib import Path

import pytest

import conducto as co
from conducto import pretty
from tests import command
from tests.plugin_thorough import amount

SEED = """\
/
├─0 Build   echo docker build, make, npm i, etc.
└─1 Test
  ├─ app   echo run test for app
  ├─ backend   echo run test for backend
  └─ metrics   echo run test for metrics
"""

#: The module-level programs of the seed, word for word, and what it prints under them.
MODULE_LEVEL = {
    "assignment": """\
import conducto as co
node = co.Parallel()
node["test1"] = co.Exec("echo run test 1")
node["test2"] = co.Exec("echo run test 1")
root = co.Serial()
root["Test"] = node
""",
    "paths": """\
import conducto as co
root = co.Serial()
root["Test"] = co.Parallel()
root["Test/test1"] = co.Exec("echo run test 1")
root["Test/test2"] = co.Exec("echo run test 2")
""",
    "function": """\
import conducto as co
def make_test_node():
    output = co.Parallel()
    output["test1"] = co.Exec("echo run test 1")
    output["test2"] = co.Exec("echo run test 2")
    return output
root = co.Serial()
root["Test"] = make_test_node()
""",
    "blocks": """\
import conducto as co
with co.Serial() as root:
    with co.Parallel(name="Test"):
        co.Exec("echo run test 1", name="test1")
        co.Exec("echo run test 2", name="test2")
""",
    "attributes": """\
import conducto as co
root = co.Parallel(cpu=2, env={"LOG_LEVEL": "1"})
root["Node1"] = co.Exec("echo I run with 2 cores, and with LOG_LEVEL=$LOG_LEVEL")
""",
}
#: Where the seed does not show the tree of a program, it is that of the one which the program says again.
TESTS = "/\n└─0 Test\n  ├─ test1   echo run test 1\n  └─ test2   echo run test 2\n"
TREES = {
    "assignment": TESTS.replace("test 2", "test 1"),
    **dict.fromkeys(("paths", "function", "blocks"), TESTS),
    "attributes": "/\n└─ Node1   echo I run with 2 cores, and with LOG_LEVEL=$LOG_LEVEL\n",
}


@pytest.mark.parametrize("program", MODULE_LEVEL)
@pytest.mark.parametrize("named", [(), ("root",)], ids=["alone", "named"])
def test_the_seeds_module_level_trees(tmp_path: Path, program: str, named: tuple[str, ...]) -> None:
    command.write(tmp_path, pipeline=MODULE_LEVEL[program])
    assert command.conducto(tmp_path, "pipeline.py", *named) == (0, TREES[program], "")


@pytest.mark.parametrize("words", [("run",), ()])
def test_the_seeds_first_program(words: tuple[str, ...]) -> None:
    """golden/build-test is it, with `co.main()` put back."""
    folder = Path(__file__).resolve().parent.parent / "golden" / "build-test"
    assert command.python(folder, "pipeline.py", *words) == (0, SEED, "")
    assert command.conducto(folder, "pipeline.py", *words) == (0, SEED, "")


def test_resources_and_env_are_not_printed(tmp_path: Path) -> None:
    root = co.Parallel(cpu=2, env={"LOG_LEVEL": "1"}, skip=True, doc="d")
    root["Node1"] = co.Exec("echo I run with 2 cores, and with LOG_LEVEL=$LOG_LEVEL")
    assert pretty.node_text(root) == "/\n└─ Node1   echo I run with 2 cores, and with LOG_LEVEL=$LOG_LEVEL"


def test_every_place_in_a_tree() -> None:
    root = co.Serial()
    root["a"] = co.Serial()
    root["a/b"] = co.Parallel()
    root["a/b/c"] = co.Serial()
    root["a/b/c/d"] = co.Exec("1")
    root["a/b/e"] = co.Exec("2")
    root["f"] = co.Parallel()
    root["f/g"] = co.Parallel()
    root["f/g/h"] = co.Exec("3")
    assert pretty.node_text(root) == (
        "/\n├─0 a\n│ └─0 b\n│   ├─ c\n│   │ └─0 d   1\n│   └─ e   2\n└─1 f\n  └─ g\n    └─ h   3"
    )


@pytest.mark.parametrize("count", [1, 2, 10, 11, 100, 101])
def test_numbers_are_as_wide_as_the_largest(count: int) -> None:
    root = co.Serial()
    for number in range(count):
        root[f"n{number}"] = co.Exec("x")
    width = len(str(count - 1))
    lines = pretty.node_text(root).split("\n")[1:]
    assert [line[2 : 2 + width + 1] for line in lines] == [f"{number:0{width}} " for number in range(count)]
    assert [line[:2] for line in lines] == ["├─"] * (count - 1) + ["└─"]


@pytest.mark.parametrize(
    ("node", "line"),
    [
        (co.Exec("echo a"), "/   echo a"),
        (co.Exec(""), "/"),
        (co.Exec("a\n  b\nc"), "/   a\\n  b\\nc"),
        (co.Exec("a\tb\r"), "/   a\\tb\\r"),
        (co.Exec("a\x1b[31m\u2028\ufeff\u202e\x85\x7f"), "/   a\\x1b[31m\\u2028\\ufeff\\u202e\\x85\\x7f"),
        (co.Exec("echo \\n"), "/   echo \\n"),
        (co.Exec("echo a \\ "), "/   echo a \\"),
        (co.Exec("käse 世界 😀"), "/   käse 世界 😀"),
        (co.Serial(), "/"),
        (co.Parallel(), "/"),
    ],
)
def test_a_root_alone(node: co.Node, line: str) -> None:
    assert pretty.node_text(node) == line
    assert node.pretty() == line


@pytest.mark.parametrize(
    ("name", "group", "leaf"),
    [
        ("a\nb", "└─ a\\nb", "└─ a\\nb   x"),
        ("\x1b[1m", "└─ \\x1b[1m", "└─ \\x1b[1m   x"),
        (" a ", "└─  a ", "└─  a    x"),
        ("\u202e", "└─ \\u202e", "└─ \\u202e   x"),
    ],
)
def test_names_are_shown_on_one_line(name: str, group: str, leaf: str) -> None:
    for node, line in ((co.Serial(), group), (co.Exec("x"), leaf)):
        root = co.Parallel()
        root[name] = node
        assert pretty.node_text(root) == f"/\n{line}"
    root = co.Parallel()
    root[name] = co.Exec("")
    assert pretty.node_text(root) == f"/\n{group}".rstrip()


def test_a_part_of_a_tree_prints_as_a_tree() -> None:
    root = co.Serial()
    root["a"] = co.Parallel()
    root["a/b"] = co.Exec("x")
    assert pretty.node_text(root["a"]) == "/\n└─ b   x"


def test_printing_changes_nothing() -> None:
    root = co.Serial(cpu=2)
    root["a"] = co.Exec("x", env={"A": "1"})
    before = [(node, dict(node._own), node.parent) for node in root.stream()]
    pretty.node_text(root)
    repr(root), str(root), root.pretty()
    assert [(node, dict(node._own), node.parent) for node in root.stream()] == before


# --- colour -----------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "env", "colour"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    stream: io.StringIO, env: dict[str, str], colour: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    root = co.Serial()
    root["a"] = co.Exec("x")
    pretty.write(root, stream)
    plain = "/\n└─0 a   x\n"
    assert stream.getvalue() == ("\x1b[1;34m/\x1b[0m\n└─0 \x1b[1;36ma\x1b[0m   x\n" if colour else plain)


def test_a_stream_without_boxes_is_written_in_utf_8() -> None:
    raw = io.BytesIO()
    root = co.Serial()
    root["ä"] = co.Exec("x")
    stream = io.TextIOWrapper(raw, encoding="ascii")
    pretty.write(root, stream)
    assert raw.getvalue().decode() == "/\n└─0 ä   x\n"


def test_the_command_prints_utf_8_in_any_locale(tmp_path: Path) -> None:
    command.write(tmp_path, pipeline=MODULE_LEVEL["blocks"].replace("test1", "é"))
    plain = command.conducto(tmp_path, "pipeline.py")
    c = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    for locale in ({"LC_ALL": "C"}, c, {"PYTHONIOENCODING": "cp1252"}):
        assert command.conducto(tmp_path, "pipeline.py", env=locale) == plain


# --- depth ------------------------------------------------------------------------------------------------------------


def test_a_deep_tree_prints_line_by_line() -> None:
    root = co.Serial()
    node: co.Node = root
    for _ in range(amount(20_000, 99_999)):
        node["n"] = co.Serial()
        node = node["n"]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(150)
    try:
        first = list(itertools.islice(pretty.lines(pretty.node_rows(root)), 5000))
    finally:
        sys.setrecursionlimit(limit)
    assert first[:3] == ["/", "└─0 n", "  └─0 n"]
    assert first[-1] == "  " * 4998 + "└─0 n"


def test_printing_looks_at_every_node_once() -> None:
    asked: list[int] = []

    def children(number: int) -> list[int]:
        asked.append(number)
        return [number + 1, -number] if 0 < number < 1000 else []

    found = list(pretty.rows(1, children, lambda _: "serial", str, lambda _: None))
    assert len(found) == 1999
    assert sorted(asked) == sorted([*range(1, 1001), *range(-999, 0)])
