"""The folder of a launched pipeline: its name, who holds it, and whether it is being run."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

import conducto as co
from conducto.compile import Pipeline
from conducto.config import Config
from conducto.diagnostics import ConductoError
from conducto.ir.plan import Origin
from conducto.launch import folder as folders
from conducto.launch.folder import Folder, held, refuse_running, runner
from conducto.repository import Repository


def of(name: str, title: str | None = None) -> str:
    """The name of a pipeline's folder."""
    root = co.Serial(title=title)
    pipeline = Pipeline(root, Origin(name, "f.py", "run"), Repository("/home/me/x", True), Config())
    path, last = os.path.split(folders.of(pipeline).path)
    assert path == "/home/me/x/.conducto/local"
    return last


def test_it_is_called_as_the_pipeline_and_its_title() -> None:
    assert of("ci-f") == "ci-f"
    assert of("f", "") == "f"
    names = ["f", "f-a", "F", ".", "..", "a b", "x" * 300, "δ"]
    found = {of(name, title) for name in names for title in (None, "a", "A", "b/c", "..", "a" * 500)}
    assert len(found) == 6 * len(names)
    assert all(name not in (".", "..") and "/" not in name and len(name) <= 100 for name in found)


def test_one_process_has_it_at_a_time(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "f"))
    seen = []

    def other() -> None:
        with held(folder):
            seen.append("other")

    with held(folder) as ours:
        assert ours
        thread = threading.Thread(target=other)
        thread.start()
        with held(folder, wait=False) as again:
            assert not again
        thread.join(0.2)
        seen.append("first")
    thread.join(10)
    assert seen == ["first", "other"]


def test_who_waited_for_a_folder_that_was_deleted_gets_a_new_one(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "f"))
    seen = []

    def other() -> None:
        with held(folder):
            seen.append(os.path.isdir(folder.path))

    with held(folder):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.2)
        shutil.rmtree(folder.path)
    thread.join(10)
    assert seen == [True]


@pytest.fixture
def locked(tmp_path: Path) -> Folder:
    folder = Folder(str(tmp_path))
    os.makedirs(os.path.join(folder.state, "lock"))
    return folder


def note(folder: Folder, pid: object) -> None:
    Path(folder.state, "lock/pid").write_text(f"{pid}\n")


def test_a_lock_counts_while_what_runs_a_pipeline_lives(locked: Folder) -> None:
    with subprocess.Popen(["sh", "-c", "# conducto: how a node is run\nread line"], stdin=subprocess.PIPE) as process:
        note(locked, process.pid)
        assert runner(locked) == process.pid
        with pytest.raises(ConductoError) as found:
            refuse_running(locked)
        (said,) = found.value.diagnostics
        assert (said.code, f"by process {process.pid} (its state is {locked.state})" in said.message) == ("C432", True)
        process.communicate(b"\n")
    assert runner(locked) is None
    refuse_running(locked)


@pytest.mark.parametrize("pid", ["", "x", pytest.param(os.getpid(), id="of the tests"), 2**22 + 1])
def test_a_lock_of_anything_else_does_not(pid: object, locked: Folder) -> None:
    note(locked, pid)
    assert runner(locked) is None


def test_without_a_lock_nothing_runs(tmp_path: Path) -> None:
    assert runner(Folder(str(tmp_path / "none"))) is None
    assert runner(Folder(str(tmp_path))) is None
