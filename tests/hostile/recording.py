"""A machine as a test can look at it from outside: commands first on PATH that tell what was called, and a hash of files."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from conducto.text import shell_word
from tests.makefiles import environment

#: What a makefile calls on a host, besides sh, bash and make itself: all of it is told, and run.
ENGINES = (
    *(
        "cat",
        "chmod",
        "cksum",
        "cp",
        "date",
        "docker",
        "env",
        "find",
        "git",
        "grep",
        "head",
        "id",
        "ln",
        "ls",
        "mkdir",
        "mkfifo",
    ),
    *(
        "mktemp",
        "mv",
        "ps",
        "python3",
        "readlink",
        "rm",
        "rmdir",
        "sed",
        "setsid",
        "sleep",
        "tail",
        "tar",
        "tee",
        "tr",
        "true",
    ),
    *("wc", "xargs"),
)
#: What is not looked at: a shell is told all of a recipe, and finds the others by PATH.
_SHELLS = ("sh", "bash", "dash", "make")
#: What is written while a pipeline runs.
_STATE = (".conducto/state", ".conducto/data")


class Host:
    """A folder with a project, a home, a place for temporary files and one that is nobody's; and the commands."""

    def __init__(self, folder: Path, more: Iterable[str] = ()) -> None:
        """`more` are commands that are run too."""
        self.outside = folder / "outside"
        self.project = self.outside / "project"
        self.commands, self.told = folder / "commands", folder / "told"
        for made in (
            self.project,
            self.outside / "home",
            self.outside / "tmp",
            self.outside / "other",
            self.commands,
            self.told,
        ):
            made.mkdir(parents=True)
        (self.outside / "other/file").write_text("nobody's")
        self._put({*ENGINES, *more})

    def _put(self, run: set[str]) -> None:
        refuse = self._command(self.commands / ".refuse", "exit 97")
        for name in _on_path() - run - set(_SHELLS):
            (self.commands / name).symlink_to(refuse)
        for name in run:
            found = sys.executable if name == "python3" else shutil.which(name)
            self._command(self.commands / name, f'exec {shell_word(found)} "$@"' if found else "exit 127")

    def _command(self, path: Path, does: str) -> Path:
        told = shell_word(str(self.told))
        path.write_text(f'#!/bin/sh\n{{ printf "%s\\0" "${{0##*/}}" "$@"; printf "\\n\\0"; }} >>{told}/$$\n{does}\n')
        path.chmod(0o755)
        return path

    @property
    def env(self) -> dict[str, str]:
        """The environment of a person there. What docker keeps for its client is elsewhere, as it may write to that."""
        ours = environment()
        docker = ours.get("DOCKER_CONFIG") or str(Path.home() / ".docker")
        home, temporary = str(self.outside / "home"), str(self.outside / "tmp")
        return {
            **ours,
            "PATH": f"{self.commands}:{ours['PATH']}",
            "HOME": home,
            "TMPDIR": temporary,
            "DOCKER_CONFIG": docker,
        }

    def called(self) -> Iterator[list[str]]:
        """Each command that was called, by its name, with its arguments."""
        for path in sorted(self.told.iterdir()):
            for record in path.read_text(errors="surrogateescape").split("\0\n\0")[:-1]:
                yield record.split("\0")

    def fingerprint(self) -> str:
        """A hash of all that is outside the state of pipelines: paths, modes, contents, links."""
        found = hashlib.sha256()
        for at, folders, files in os.walk(self.outside):
            inside = Path(at).relative_to(self.project) if Path(at).is_relative_to(self.project) else Path()
            folders[:] = sorted(name for name in folders if (inside / name).as_posix() not in _STATE)
            for name in (*folders, *sorted(files)):
                path = Path(at, name)
                content = (
                    os.readlink(path).encode() if path.is_symlink() else path.read_bytes() if path.is_file() else b""
                )
                found.update(repr((str(path), path.lstat().st_mode, content)).encode())
        return found.hexdigest()


def _on_path() -> set[str]:
    folders = [Path(folder) for folder in os.environ["PATH"].split(":") if os.path.isdir(folder)]
    return {path.name for folder in folders for path in folder.iterdir() if os.access(path, os.X_OK)}
