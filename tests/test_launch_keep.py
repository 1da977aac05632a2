"""Retention: what is deleted, when, and what never is."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conducto.launch import keep
from conducto.launch.folder import Folder, held
from conducto.launch.options import Options
from tests import command
from tests.command import python
from tests.launching import HOST, age, local, project, start, wait_here
from tests.plugin_thorough import amount


def made(home: Path, name: str = "f", retention: float = 7) -> Folder:
    """A folder as a launch and a run of it leave it."""
    folder = Folder(str(home / name))
    for sub in ("state/log", "state/done", "state/data/deep"):
        (home / name / sub).mkdir(parents=True)
    for file in ("pipeline.mk", "output.log", "state/.gitignore", "state/log/a.log", "state/data/deep/x"):
        (home / name / file).write_text("x")
    keep.note(folder, Options(retention=retention), "f.py")
    return folder


def gone(home: Path, *names: str) -> bool:
    return not any((home / name).exists() for name in names)


@pytest.mark.parametrize(
    ("retention", "days", "kept"), [(7, 6.9, True), (7, 7.1, False), (0.5, 0.4, True), (0.5, 0.6, False)]
)
def test_it_is_kept_for_so_many_days_without_activity(
    retention: float, days: float, kept: bool, tmp_path: Path
) -> None:
    made(tmp_path, retention=retention)
    age(tmp_path, days)
    said = keep.delete_expired(str(tmp_path))
    assert (tmp_path / "f").exists() == kept
    assert (said == []) == kept


def test_with_0_days_it_is_gone_at_the_next_launch(tmp_path: Path) -> None:
    made(tmp_path, retention=0)
    age(tmp_path, 0.001)
    keep.delete_expired(str(tmp_path))
    assert gone(tmp_path, "f")


@pytest.mark.parametrize("path", ["launch.json", "output.log", "pipeline.mk", "state", "state/done", "state/log"])
def test_whatever_happened_last_counts(path: str, tmp_path: Path) -> None:
    made(tmp_path)
    age(tmp_path, 8)
    os.utime(tmp_path / "f" / path)
    assert keep.delete_expired(str(tmp_path)) == []
    assert not gone(tmp_path, "f")


def test_what_is_done_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("b", "a"):
        made(tmp_path, name)
    age(tmp_path, 9.2)
    assert keep.delete_expired(str(tmp_path)) == [f"deleted {name}: nothing happened there for 9 days" for name in "ab"]
    assert gone(tmp_path, "a", "b")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{}",
        "[]",
        "x",
        '{"version": 2, "retention": 1}',
        '{"version": 1}',
        '{"version": 1, "retention": true}',
    ],
)
def test_what_no_launch_of_ours_has_noted_is_left_alone(text: str | None, tmp_path: Path) -> None:
    folder = made(tmp_path)
    os.unlink(folder.record)
    if text is not None:
        Path(folder.record).write_text(text)
    age(tmp_path, 100)
    before = command.fingerprint(tmp_path)
    assert keep.delete_expired(str(tmp_path)) == []
    assert command.fingerprint(tmp_path) == before


def test_nothing_outside_is_deleted(tmp_path: Path) -> None:
    made(tmp_path / "other")
    made(tmp_path / "home", "a")
    (tmp_path / "home/link").symlink_to(tmp_path / "other/f")
    (tmp_path / "home/a/state/link").symlink_to(tmp_path / "other/f")
    (tmp_path / "home/a/file").symlink_to(tmp_path / "other/f/pipeline.mk")
    age(tmp_path, 100)
    before = command.fingerprint(tmp_path / "other")
    keep.delete_expired(str(tmp_path / "home"))
    assert gone(tmp_path / "home", "a")
    assert (tmp_path / "home/link").is_symlink()
    assert command.fingerprint(tmp_path / "other") == before


def test_where_nothing_was_launched_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert keep.delete_expired(str(tmp_path / "none")) == []
    (tmp_path / "file").write_text("")
    assert keep.delete_expired(str(tmp_path / "file")) == []


def test_what_another_process_is_about_to_launch_stays(tmp_path: Path) -> None:
    folder = made(tmp_path)
    age(tmp_path, 100)
    with held(folder):
        assert keep.delete_expired(str(tmp_path)) == []
    assert not gone(tmp_path, "f")
    keep.delete_expired(str(tmp_path))
    assert gone(tmp_path, "f")


def test_what_is_being_run_stays_however_old_it_looks(tmp_path: Path) -> None:
    folder = made(tmp_path)
    text = "# conducto: how a node is run\nread line"
    with subprocess.Popen(["sh", "-c", text], stdin=subprocess.PIPE) as process:
        (tmp_path / "f/state/lock").mkdir()
        (tmp_path / "f/state/lock/pid").write_text(f"{process.pid}\n")
        age(tmp_path, 100)
        assert keep.delete_expired(str(tmp_path)) == []
        assert not gone(tmp_path, "f")
        process.communicate(b"\n")
    keep.delete_expired(str(tmp_path))
    assert gone(tmp_path, os.path.basename(folder.path))


def test_what_cannot_be_deleted_is_said_and_stays_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made(tmp_path)
    age(tmp_path, 9)
    monkeypatch.setattr("shutil.rmtree", lambda path, ignore_errors: None)  # as where files are another user's
    (said,) = keep.delete_expired(str(tmp_path))
    assert said.startswith("could not delete all of ")
    assert json.loads(Path(folder.record).read_text())["retention"] == 7


@given(st.floats(0, 50), st.floats(0, 50))
@settings(max_examples=amount(12, 50))
def test_the_rule_is_days_since_the_last_activity(retention: float, days: float) -> None:
    if abs(retention - days) < 0.01:
        return
    with tempfile.TemporaryDirectory() as home:
        made(Path(home), retention=retention)
        age(Path(home), days)
        keep.delete_expired(home)
        assert gone(Path(home), "f") == (days > retention)


# --- for real -----------------------------------------------------------------------------------------------------------


@pytest.mark.needs("make")
def test_a_launch_deletes_what_has_expired_and_nothing_else(tmp_path: Path) -> None:
    project(tmp_path)
    process = start(tmp_path, "f.py", "slow", "--local", HOST, "--retention=0")
    wait_here(tmp_path)
    try:
        for title, days in (("old", 1), ("new", 9)):
            assert python(tmp_path, "f.py", "--local", HOST, f"--retention={days}", f"--title={title}").status == 0
        kept = {path.name.rpartition("-")[0]: path for path in local(tmp_path).parent.iterdir() if path.is_dir()}
        for path in kept.values():
            age(path, 5)
        done = python(tmp_path, "f.py", "--local", HOST)
        assert done.err.startswith(f"deleted .conducto/local/{kept['f-old'].name}: nothing happened there for 5 days\n")
        assert (kept["f-old"].exists(), kept["f-new"].exists(), local(tmp_path, "f-slow").exists()) == (
            False,
            True,
            True,
        )
    finally:
        (tmp_path / "go").touch()
        assert process.wait(60) == 0
    age(local(tmp_path, "f-slow"), 1)
    assert "deleted .conducto/local/f-slow: " in python(tmp_path, "f.py", "--local", HOST).err


@pytest.mark.needs("make")
def test_its_own_expired_folder_is_made_anew(tmp_path: Path) -> None:
    project(tmp_path)
    assert python(tmp_path, "f.py", "--local", HOST).status == 0
    (local(tmp_path) / "state/data").mkdir()
    age(local(tmp_path), 8)
    done = python(tmp_path, "f.py", "--local", HOST)
    assert (done.status, done.err.startswith("deleted .conducto/local/f: ")) == (0, True)
    assert not (local(tmp_path) / "state/data").exists()
