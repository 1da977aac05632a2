"""The commands as a user runs them: `conducto` and `python FILE`, in a folder of their own."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests import forked

#: Beside the Python that runs the tests: what an installation made, no shim and no `python -m`.
CONDUCTO = Path(sys.executable).with_name("conducto")


class Ended(NamedTuple):
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


def conducto(folder: Path, *words: str, env: Mapping[str, str] | None = None) -> Ended:
    """`conducto WORDS` in `folder`; `run(folder, str(CONDUCTO), ...)` is the same by a program that starts."""
    whole = {**_clean(), **(env or {})}
    if not forked.can(whole):
        return run(folder, str(CONDUCTO), *words, env=env)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, Path(os.devnull).open("rb") as nothing:
        status = forked.conducto(words, folder, whole, [nothing.fileno(), out.fileno(), err.fileno()], 120)
        return Ended(
            status, *(os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode() for file in (out, err))
        )


def python(folder: Path, *words: str, env: Mapping[str, str] | None = None) -> Ended:
    """`python WORDS` in `folder`."""
    return run(folder, sys.executable, *words, env=env)


def run(folder: Path, *words: str, env: Mapping[str, str] | None = None) -> Ended:
    """A command in `folder`, in an environment that says nothing to Python or to us but `env`."""
    done = subprocess.run(
        words,
        cwd=folder,
        env={**_clean(), **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def _clean() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "CONDUCTO", "NO_COLOR"))}


def write(folder: Path, **files: str | bytes) -> Path:
    """`folder` with these files: `pipeline="..."` is `pipeline.py`; `__` in a name stands for `/`."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def repository(folder: Path) -> Path:
    """`folder`, made a git repository as far as conducto looks at it."""
    (folder / ".git").mkdir(parents=True)
    return folder


def tracked(folder: Path) -> Path:
    """`repository(folder)`, with all files in it added, as far as conducto looks at that."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    index = struct.pack(">4sLL", b"DIRC", 2, len(names))
    for name in map(os.fsencode, names):
        entry = bytes(60) + struct.pack(">H", min(len(name), 0xFFF)) + name
        index += entry.ljust(len(entry) // 8 * 8 + 8, b"\0")
    (repository(folder) / ".git" / "index").write_bytes(index + hashlib.sha1(index).digest())
    return folder


def partly_tracked(folder: Path, files: Mapping[str, str], *untracked: str) -> Path:
    """A repository with these files, all but the last few tracked."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    held = {name: (folder / name).read_text() for name in untracked}
    for name in untracked:
        (folder / name).unlink()
    tracked(folder)
    for name, text in held.items():
        (folder / name).write_text(text)
    return folder


def fingerprint(folder: Path) -> str:
    """A hash of all that is in `folder`: paths, modes, contents, links."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes() if path.is_file() else b""
        found.update(repr((path.relative_to(folder).as_posix(), path.lstat().st_mode, content)).encode())
    return found.hexdigest()
