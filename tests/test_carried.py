"""Which files of copied code go into an output, and what is said where a function needs one that does not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from conducto import carried, repository
from conducto.diagnostics import Report
from conducto.ir.images import Code
from conducto.ir.plan import File
from tests import command
from tests.argo_rows import IMAGE, group, leaf, plan_of


def tree(folder: Path, files: Mapping[str, str], *untracked: str) -> Path:
    """A repository with these files, all but the last few tracked."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    held = {name: (folder / name).read_text() for name in untracked}
    for name in untracked:
        (folder / name).unlink()
    command.tracked(folder)
    for name, text in held.items():
        (folder / name).write_text(text)
    return folder


def taken(
    folder: Path, *codes: Code, called: Mapping[int, str] | None = None
) -> tuple[Mapping[Code, list[File]], Report]:
    """The files of codes, each of one Exec of a Parallel; `called`: by row, the file of the function that it calls."""
    rows = [group(-1, ""), *(leaf(0, str(at), image=IMAGE._replace(code=code)) for at, code in enumerate(codes))]
    report = Report()
    calls = {number: str(folder / name) for number, name in (called or {}).items()}
    found = carried.files(plan_of(rows), calls, repository.of(str(folder / "p.py")), report)
    return {code: list(files) for code, files in found.items()}, report


def test_files_come_with_what_they_are(tmp_path: Path) -> None:
    folder = tree(tmp_path / "r", {"a": "1", "d/run": "2", "d/out": "3", "new": "4", ".conducto/x": "5"}, "new")
    (folder / "d/run").chmod(0o700)
    os.symlink("run", folder / "d/l")
    index = folder / ".git/index"
    index.unlink()
    index.parent.rmdir()
    (folder / "new").unlink()
    command.tracked(folder)
    (folder / "new").write_text("4")
    whole, part = Code("folder"), Code("folder", "d", exclude=("out",))
    found, report = taken(folder, whole, part)
    assert report.diagnostics == []
    assert found[part] == [File("l", "link", b"run"), File("run", "program", b"2")]
    plain, inner = [File("a", "file", b"1"), File("d/out", "file", b"3")], found[part]
    assert found[whole] == sorted([*plain, *(file._replace(path=f"d/{file.path}") for file in inner)])


def test_a_clone_carries_nothing(tmp_path: Path) -> None:
    assert taken(tree(tmp_path / "r", {"a": "1"}), Code("clone", url="https://x/y", branch="z"))[0] == {}


MODULES = {
    "p.py": "import os, pk.one\nfrom pk import two as t\n\ndef f():\n    from helper import x\n",
    "helper.py": "from pk.sub.deep import *\nimport missing.too\n",
    "pk/__init__.py": "",
    "pk/one.py": "from . import three\nfrom .. import none\n",
    "pk/two.py": "from .sub import four, name\n",
    "pk/three.py": "syntax error here",
    "pk/sub/__init__.py": "",
    "pk/sub/deep.py": "",
    "pk/sub/four.py": "import p\n",
    "alone.py": "import never_tracked\n",
    "never_tracked.py": "",
}
NEEDED = (
    "p.py",
    "helper.py",
    "pk/__init__.py",
    "pk/one.py",
    "pk/two.py",
    "pk/three.py",
    "pk/sub/__init__.py",
    "pk/sub/deep.py",
)


@pytest.mark.parametrize("name", ["", *NEEDED, "pk/sub/four.py"])
def test_a_module_that_a_function_needs_is_tracked(tmp_path: Path, name: str) -> None:
    lost = [name] if name else []
    folder = tree(tmp_path / "r", MODULES, "never_tracked.py", *lost)
    _, report = taken(folder, Code("folder"), Code("folder", exclude=("x",)), called={1: "p.py"})
    assert [(error.code, error.node, error.message.split()[0]) for error in report.errors] == [
        ("C378", "/0", one) for one in lost
    ]


def test_modules_elsewhere_are_not_looked_at(tmp_path: Path) -> None:
    folder = tree(tmp_path / "r", {"d/p.py": "import q\n", "q.py": "", "d/q/x": ""}, "q.py")
    _, report = taken(folder, Code("folder", "d"), called={1: "d/p.py"})
    assert report.errors == ()


def test_where_nothing_is_tracked_the_functions_own_file_is_missed(tmp_path: Path) -> None:
    folder = tree(tmp_path / "r", MODULES, *MODULES)
    found, report = taken(folder, Code("folder"), called={1: "p.py"})
    assert found == {Code("folder"): []}
    (error,) = report.errors
    assert (error.code, error.notes) == ("C378", ("the function of this node is in it",))


def test_what_cannot_be_told_is_told_of_once_for_its_first_node(tmp_path: Path) -> None:
    (tmp_path / "p.py").write_text("")
    found, report = taken(tmp_path, Code("folder"), Code("folder"), Code("folder", exclude=("a",)), called={1: "p.py"})
    assert found == {}
    assert [(error.code, error.node) for error in report.errors] == [("C208", "/0"), ("C208", "/2")]


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(folder: str, path: str) -> File:
        raise PermissionError(13, "Permission denied", os.path.join(folder, path))

    monkeypatch.setattr(carried, "_file", refused)
    (error,) = taken(tree(tmp_path / "r", {"a": ""}), Code("folder"))[1].errors
    assert (error.code, error.node) == ("C379", "/0")
    assert "Permission denied" in error.message
