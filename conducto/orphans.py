"""Generated files that nothing makes any more: what they were made from is gone, or is no pipeline of the project now."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Collection, Iterator, Sequence

from . import header, repository
from .compile import Compiled, Request
from .diagnostics import Diagnostic
from .repository import Repository
from .source import locate, shown_path
from .text import comment

#: How much of a file is read: its header says what we look for well before.
_HEAD = 16_384


def of_project(compiled: Sequence[Compiled], requests: Sequence[Request]) -> Iterator[Diagnostic]:
    """The orphans of a project all of whose pipelines were compiled."""
    entry = requests[0].entry
    if entry is not None:
        made = [output.path for one in compiled for output in one.outputs]
        yield from orphans(repository.of(entry.project), entry.folder, made)


def orphans(home: Repository, project: str, made: Collection[str]) -> Iterator[Diagnostic]:
    """A C425 for every file of a repository that bears our header and whose source is gone, or which `project` (a folder
    with a pyproject.toml) made once and does not make now. `made` are the paths that it makes.
    """
    files = list(_files(home.root)) if home.found else []
    sources = {comment(path) for path in files if path.endswith(".py")}
    folder = home.relative(project)
    kept = {os.path.realpath(path) for path in made}
    for relative in files:
        path = home.absolute(relative)
        text = "" if os.path.realpath(path) in kept else _head(path)
        maker = header.maker(text)
        if maker is None:
            continue
        if maker.source not in sources and not os.path.exists(home.absolute(maker.source)):
            yield _orphan(path, f"was made from {maker.source}, which is gone")
        elif header.project(text) == ("" if folder == "." else folder):
            yield _orphan(path, f"was made from {maker.source}, {maker.function}, which is no pipeline here any more")


def _orphan(path: str, why: str) -> Diagnostic:
    message = f"{shown_path(path)} {why}"
    return Diagnostic("C425", message, location=locate(path, 1), help="remove it, or bring back what it was made from")


def _head(path: str) -> str:
    if not os.path.isfile(path):
        return ""
    try:
        with open(path, "rb") as file:
            return file.read(_HEAD).decode(errors="replace")
    except OSError:
        return ""


def _files(root: str) -> Iterator[str]:
    """The files below `root`, relative to it, sorted: those that git does not ignore; all where git does not answer."""
    words = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        said = subprocess.run(words, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        yield from _walked(root)
        return
    yield from sorted({os.fsdecode(path) for path in said.split(b"\0") if path})


def _walked(root: str) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not os.path.exists(os.path.join(folder, name, ".git")))
        folders[:] = [name for name in folders if name != ".git"]
        for name in sorted(names):
            yield os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")
