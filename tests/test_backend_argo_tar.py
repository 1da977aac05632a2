"""The archive of carried code, and what unpacks it in a container: by whatever tar there is, or Python."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from conducto.backends import argo_carried, argo_script
from hypothesis import given
from hypothesis import strategies as st

from conducto import runtime
from conducto.ir.images import CODE
from conducto.ir.plan import File
from tests import repositories
from tests.repositories import git

_PARTS = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=60)
_PATHS = st.lists(_PARTS.filter(lambda part: part not in (".", "..")), min_size=1, max_size=4).map("/".join)
FILES = st.lists(
    st.one_of(
        st.builds(File, _PATHS, st.sampled_from(["file", "program"]), st.binary(max_size=1200)),
        st.builds(File, _PATHS, st.just("link"), _PATHS.map(str.encode)),
    ),
    unique_by=lambda file: file.path,
    max_size=6,
)


@given(FILES)
def test_python_reads_what_was_put_in(files: list[File]) -> None:
    archive = argo_carried.tar(files)
    assert archive == argo_carried.tar(list(reversed(files)))
    found = []
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:", encoding="utf-8") as opened:
        for entry in opened:
            assert (entry.uid, entry.gid, entry.mtime) == (0, 0, 315_532_800)
            if entry.issym():
                found.append(File(entry.name, "link", entry.linkname.encode()))
                continue
            inner = opened.extractfile(entry)
            assert inner is not None
            found.append(File(entry.name, "program" if entry.mode == 0o755 else "file", inner.read()))
    assert found == sorted(files)


NAMES = [
    "a",
    "d/run",
    f"{'x' * 90}/{'y' * 90}/{'ü' * 60}",
    "new\nline",
    "-dash",
    "..dots",
    "a'b\"c $X",
    "back\\slash",
    " blank ",
]
CARRIED = [File(name, "file", name.encode()) for name in NAMES]
CARRIED += [
    File("program", "program", b"#!/bin/sh\n"),
    File("l", "link", b"d/run"),
    File("far", "link", b"z" * 180),
    File("e", "file", b""),
]


def unpacked(folder: Path, programs: dict[str, str], files: list[File]) -> subprocess.CompletedProcess[str]:
    """The archive unpacked to `folder`/code by a shell that finds nothing but these programs: name -> file."""
    for name in ("bin", "in", "code"):
        (folder / name).mkdir()
    for name, program in programs.items():
        (folder / "bin" / name).symlink_to(program)
    (folder / "in" / argo_script.TAR).write_bytes(argo_carried.tar(files))
    script = argo_script.UNPACKER.replace("$PATH:/bin:/usr/bin:/usr/local/bin", str(folder / "bin"))
    script = script.replace(argo_script.ARCHIVE, str(folder / "in")).replace(CODE, str(folder / "code"))
    return subprocess.run(["/bin/sh", "-c", script], env={}, capture_output=True, text=True, check=False)


@pytest.mark.needs("busybox")
@pytest.mark.parametrize("program", ["tar", "busybox", "python3"])
def test_any_of_three_programs_unpacks_it(tmp_path: Path, program: str) -> None:
    found = os.path.realpath(shutil.which(program) or program)
    done = unpacked(tmp_path, {program: found}, CARRIED)
    assert (done.returncode, done.stderr) == (0, "")
    code = tmp_path / "code"
    for file in CARRIED:
        path = code / file.path
        if file.kind == "link":
            assert os.readlink(path) == file.data.decode()
        else:
            assert path.read_bytes() == file.data
            assert path.stat().st_mode & 0o777 == (0o755 if file.kind == "program" else 0o644)
    made = sorted(
        path.relative_to(code).as_posix() for path in code.rglob("*") if path.is_symlink() or not path.is_dir()
    )
    assert made == sorted(file.path for file in CARRIED)


def test_an_image_without_any_of_them_is_told_of(tmp_path: Path) -> None:
    done = unpacked(tmp_path, {}, CARRIED)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "conducto: the image has no tar, busybox or python3 to unpack its code with\n"


def test_a_tar_that_fails_is_not_taken_for_done(tmp_path: Path) -> None:
    assert unpacked(tmp_path, {"tar": shutil.which("false") or "false"}, CARRIED).returncode == 1


def test_the_runtime_file_fits_into_a_config_map() -> None:
    assert len(runtime.archive()) <= argo_carried.CARRIED_BYTES


@pytest.mark.needs("git")
@pytest.mark.parametrize("detached", [False, True])
def test_the_commit_of_a_clone_is_read_without_git(tmp_path: Path, detached: bool) -> None:
    git(tmp_path, "init", "-q", "-b", "feature/x")
    commit = repositories.commit(tmp_path)
    if detached:
        git(tmp_path, "checkout", "-q", "--detach")
    script = argo_script.COMMIT.replace(CODE, str(tmp_path)) + '\necho "$CONDUCTO_GIT_SHA" "$#"'
    done = subprocess.run(["/bin/sh", "-c", script], env={"PATH": "/x"}, capture_output=True, text=True, check=True)
    assert done.stdout == f"{commit} 0\n"
