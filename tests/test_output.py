"""Generated files on disk: whole or not at all, never over what is not ours."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from conducto import output, runtime
from conducto.diagnostics import ConductoError
from conducto.header import Maker, made_line
from conducto.ir.plan import Origin
from conducto.output import File
from tests import command

OURS = Maker("pipeline.py", "run")
LINE = made_line(Origin("pipeline", "pipeline.py", "run")) + "\n"
OTHER = made_line(Origin("pipeline", "other.py", "run")) + "\n"


def write(files: dict[str, str], maker: Maker = OURS, force: bool = False) -> list[str]:
    return output.write([File(path, text.encode(), maker) for path, text in files.items()], force)


def difference(files: dict[str, str]) -> str:
    return output.difference([File(path, text.encode(), OURS) for path, text in files.items()])


def refusal(files: dict[str, str], force: bool = False, maker: Maker = OURS) -> list[tuple[str, str]]:
    with pytest.raises(ConductoError) as found:
        write(files, maker, force)
    assert all(diagnostic.help for diagnostic in found.value.diagnostics)
    return [(diagnostic.code, diagnostic.message) for diagnostic in found.value.diagnostics]


def test_new_files_are_written_with_their_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.yml"
    assert write({str(path): LINE + "ä\r\n"}, OURS) == [str(path)]
    assert path.read_bytes() == (LINE + "ä\r\n").encode()
    assert [entry.name for entry in path.parent.iterdir()] == ["c.yml"]


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.mk"
    path.write_text(LINE)
    before = path.stat()
    assert write({str(path): LINE}, OURS) == []
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_modes(tmp_path: Path, mask: int) -> None:
    new, old = tmp_path / "new", tmp_path / "old"
    old.write_text(LINE + "old")
    old.chmod(0o750)
    before = os.umask(mask)
    try:
        write({str(new): LINE, str(old): LINE}, OURS)
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert (new.stat().st_mode & 0o777, old.stat().st_mode & 0o777) == (0o666 & ~mask, 0o750)


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").write_text(LINE + "old")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "dangling").symlink_to("nowhere")
    changed = write({str(tmp_path / "link"): LINE, str(tmp_path / "dangling"): LINE}, OURS)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == (tmp_path / "nowhere").read_text() == LINE
    assert changed == [str(tmp_path / "real"), str(tmp_path / "nowhere")]


# --- what is not ours -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "x was not made by conducto"),
        (b"all:\n", "x was not made by conducto"),
        (b"\xff\xfe\x00binary", "x was not made by conducto"),
        (OTHER.encode(), "x was made from other.py, run"),
        (LINE.replace(", run", ", other").encode(), "x was made from pipeline.py, other"),
    ],
)
def test_what_is_not_ours_is_never_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").write_bytes(content)
    (tmp_path / "ours").write_text(LINE + "old")
    before = command.fingerprint(tmp_path)
    files = {str(tmp_path / "ours"): LINE, str(tmp_path / "new"): LINE, str(tmp_path / "x"): LINE}
    assert refusal(files) == [("C410", said)]
    assert command.fingerprint(tmp_path) == before
    write(files, OURS, force=True)
    assert {path.read_text() for path in tmp_path.iterdir()} == {LINE}


def test_all_that_is_not_ours_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_text("mine")
    (tmp_path / "b").write_text(OTHER)
    found = refusal({str(tmp_path / name): LINE for name in "abc"})
    assert found == [("C410", "a was not made by conducto"), ("C410", "b was made from other.py, run")]


@pytest.mark.parametrize("source", ["a\nb.py", "b\\", "x \u202e.py", "it's, run.py"])
def test_a_source_of_any_name_is_known_again(tmp_path: Path, source: str) -> None:
    path = tmp_path / "x"
    line = made_line(Origin("pipeline", source, "run")) + "\n"
    write({str(path): line + "1"}, Maker(source, "run"))
    assert write({str(path): line + "2"}, Maker(source, "run")) == [str(path)]
    assert refusal({str(path): LINE})[0][0] == "C410"


@pytest.mark.parametrize("force", [False, True])
def test_what_is_no_file_is_never_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, force: bool) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert refusal({str(tmp_path / "folder"): LINE}, force) == [("C418", "folder is a folder")]
    assert refusal({str(tmp_path / "pipe"): LINE}, force) == [("C418", "pipe is no regular file")]
    assert refusal({"/dev/null": LINE}, force) == [("C418", "/dev/null is no regular file")]
    assert (tmp_path / "folder").is_dir()
    assert (tmp_path / "pipe").is_fifo()


# --- what cannot be written -------------------------------------------------------------------------------------------


def test_a_file_where_a_folder_must_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_text("mine")
    (tmp_path / "ours").write_text(LINE + "old")
    before = command.fingerprint(tmp_path)
    ((code, message),) = refusal({str(tmp_path / "ours"): LINE, str(tmp_path / "a" / "b"): LINE})
    assert (code, message.split(":")[0]) == ("C418", "cannot write a/b")
    assert command.fingerprint(tmp_path) == before


@pytest.mark.parametrize("failing", ["mkstemp", "chmod", "replace"])
def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    (tmp_path / "ours").write_text(LINE + "old")
    before = command.fingerprint(tmp_path)

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile if failing == "mkstemp" else os, failing, fail)
    ((code, message),) = refusal({str(tmp_path / "ours"): LINE, str(tmp_path / "new"): LINE})
    assert (code, message.rpartition(": ")[2]) == ("C418", "No space left on device")
    assert command.fingerprint(tmp_path) == before


def test_a_file_that_cannot_be_read_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.chdir(tmp_path)
    ((code, message),) = refusal({str(tmp_path / "loop"): LINE})
    assert code == "C418"
    assert "loop" in message
    assert (tmp_path / "loop").is_symlink()


# --- --check ----------------------------------------------------------------------------------------------------------


def test_no_difference_is_an_empty_text(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(LINE)
    assert difference({str(tmp_path / "a"): LINE}) == ""


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        (None, "a\nb\n"),
        ("a\n", "a\nb\n"),
        ("a\nb", "a\nb\n"),
        ("", "a\n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("a\n", "a\x0c\x85\u2028b\x1c\nc\n"),
        ("a\n" * 50 + "x\n" + "b\n" * 50, "a\n" * 50 + "y\n" + "b\n" * 50),
        ("\ufeffa\n", "a\n"),
        ("a\n\n\n", "a\n"),
    ],
)
def test_a_difference_is_a_patch_that_patch_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str | None, wanted: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "file"
    if there is not None:
        path.write_bytes(there.encode())
    found = difference({str(path): wanted})
    assert found.startswith(f"--- {'/dev/null' if there is None else 'file'}\n+++ file\n@@ ")
    apply = ["git", "apply", "-p0", "-"]
    done = subprocess.run(apply, input=found.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert path.read_bytes() == wanted.encode()


def test_bytes_that_are_no_text_differ(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a\xff\n")
    assert "-a\\xff\n+a\ufffd\n" in difference({str(path): "a\ufffd\n"})


# --- the runtime file -------------------------------------------------------------------------------------------------


def program(path: Path) -> File:
    return File(str(path), runtime.archive(), None)


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_the_runtime_file_is_a_program(tmp_path: Path, mask: int) -> None:
    path = tmp_path / ".conducto" / "runtime.pyz"
    before = os.umask(mask)
    try:
        assert output.write([program(path)]) == [str(path)]
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o755
    assert path.read_bytes() == runtime.archive()
    assert output.write([program(path)]) == []
    assert output.difference([program(path)]) == ""


def test_what_cannot_be_executed_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "runtime.pyz"
    path.write_bytes(runtime.archive())
    path.chmod(0o644)
    assert output.difference([program(path)]) == "runtime.pyz is not executable\n"
    assert output.write([program(path)]) == [str(path)]
    path.chmod(0o700)  # as a checkout under another umask has it
    assert output.write([program(path)]) == []


def test_how_a_program_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "runtime.pyz"
    assert output.difference([program(path)]) == "Binary files /dev/null and runtime.pyz differ\n"
    path.write_bytes(b"mine")
    assert output.difference([program(path)]) == "Binary files runtime.pyz and runtime.pyz differ\n"


def test_what_is_no_runtime_file_is_told_with_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_text("mine")
    (tmp_path / "runtime.pyz").write_text("mine")
    files = [File(str(tmp_path / "a"), LINE.encode(), OURS), program(tmp_path / "runtime.pyz")]
    with pytest.raises(ConductoError) as found:
        output.write(files)
    assert [diagnostic.message for diagnostic in found.value.diagnostics] == [
        "a was not made by conducto",
        "runtime.pyz was not made by conducto",
    ]
    assert sorted(output.write(files, force=True)) == [str(tmp_path / "a"), str(tmp_path / "runtime.pyz")]
