"""Calls as they are printed: by the path in the image that counts, the nearest above; without one from the repository's root."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

import conducto as co
from conducto import paths, pretty
from conducto.commands import Commands
from tests.callables_helper import helped

TESTS = os.path.dirname(os.path.abspath(__file__))
IN_TESTS = co.Image(copy_dir=TESTS)
IN_ROOT = co.Image(copy_dir=os.path.dirname(TESTS), name="root")


def printed(node: co.Node) -> list[str]:
    return [command for _, _, command in pretty.node_rows(node) if command is not None]


def test_the_nearest_image_counts() -> None:
    root = co.Serial(image=IN_TESTS)
    root["a"] = co.Exec(helped, "1")
    root["b"] = co.Parallel()
    root["b/c"] = co.Exec(helped, "2")
    root["b/d"] = co.Exec(helped, "3", params=co.Params(image=IN_ROOT))
    root["e"] = co.Serial(image="alpine")
    root["e/f"] = co.Exec(helped, "4")
    root["e/g"] = co.Serial(image=IN_TESTS)
    root["e/g/h"] = co.Exec(helped, "5")
    root["i"] = co.Exec("echo")
    found = [command.split(" ")[1] for command in printed(root)[:-1]]
    assert found == [
        *("callables_helper.py", "callables_helper.py"),
        *("tests/callables_helper.py", "tests/callables_helper.py", "callables_helper.py"),
    ]
    assert printed(root)[-1] == "echo"
    assert printed(root["b"]) == printed(root)[1:3]
    assert printed(root["b/c"]) == [root["b/c"].command] == [printed(root)[1]]
    assert printed(root["e/g"]) == [printed(root)[4]]


def test_an_image_is_found_by_its_name() -> None:
    root = co.Serial(image_name="tests")
    root["a"] = co.Exec(helped, "1")
    assert printed(root) == ["conducto tests/callables_helper.py helped --z=1"]
    root.register_image(co.Image(copy_dir=TESTS, name="tests"))
    root["b"] = co.Exec(helped, "1", params=co.Params(image=IN_ROOT))
    root["c"] = co.Exec(helped, "2", params=co.Params(image_name="nothing"))
    found = [command.split(" ")[1] for command in printed(root)]
    assert found == ["callables_helper.py", "tests/callables_helper.py", "tests/callables_helper.py"]


def test_without_an_image_the_path_is_the_same_from_every_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = co.Exec(helped, "it's")
    wanted = """conducto tests/callables_helper.py helped '--z=it'"'"'s'"""
    assert node.command == wanted
    monkeypatch.chdir(tmp_path)
    assert node.command == wanted
    assert node.pretty() == f"/   {wanted}"


def test_printing_changes_nothing_and_runs_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("printing needs no program")

    monkeypatch.setattr("subprocess.Popen", never)
    monkeypatch.setattr("os.posix_spawn", never)
    root = co.Serial(image=co.Image(copy_url="https://nowhere.invalid/x", copy_branch="main"), env={"A": "1"})
    root["a"] = co.Exec(helped, "1")
    before = [dict(node._own) for node in root.stream()]
    assert printed(root) == printed(root) == ["conducto tests/callables_helper.py helped --z=1"]
    assert [dict(node._own) for node in root.stream()] == before


def test_depth_and_number_are_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    inside = paths.inside

    def counted(image: Any, file: str) -> str | None:
        asked.append(file)
        return inside(image, file)

    monkeypatch.setattr(paths, "inside", counted)
    root = co.Serial(image=IN_TESTS)
    node: co.Node = root
    for _ in range(3_000):
        node["x"] = co.Exec(helped, "1")
        node["n"] = co.Serial()
        node = node["n"]
    known = Commands(root)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(150)
    try:
        found = [known.of(node) for node in root.stream() if node.kind == "exec" or known.of(node)]
    finally:
        sys.setrecursionlimit(limit)
    assert found == ["conducto callables_helper.py helped --z=1"] * 3_000
    assert len(asked) == 1
