"""Which files of copied code go into an output."""

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
from tests.command import partly_tracked as tree


def taken(folder: Path, *codes: Code) -> tuple[Mapping[Code, list[File]], Report]:
    """The files of codes, each of one Exec of a Parallel."""
    rows = [group(-1, ""), *(leaf(0, str(at), image=IMAGE._replace(code=code)) for at, code in enumerate(codes))]
    report = Report()
    found = carried.files(plan_of(rows), repository.of(str(folder / "p.py")), report)
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


def test_what_cannot_be_told_is_told_of_once_for_its_first_node(tmp_path: Path) -> None:
    (tmp_path / "p.py").write_text("")
    found, report = taken(tmp_path, Code("folder"), Code("folder"), Code("folder", exclude=("a",)))
    assert found == {}
    assert [(error.code, error.node) for error in report.errors] == [("C208", "/0"), ("C208", "/2")]


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(folder: str, path: str) -> File:
        raise PermissionError(13, "Permission denied", os.path.join(folder, path))

    monkeypatch.setattr(carried, "_file", refused)
    (error,) = taken(tree(tmp_path / "r", {"a": ""}), Code("folder"))[1].errors
    assert (error.code, error.node) == ("C379", "/0")
    assert "Permission denied" in error.message
