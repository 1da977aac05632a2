"""Which files are copied code (docs/semantics.md, "Copied code"): read on the compiling machine, as templates/code.sh does it
where a pipeline runs.
"""

from __future__ import annotations

import os
import subprocess
from typing import Iterator, List, Sequence

from . import git_index, patterns, repository
from .diagnostics import ConductoError, Diagnostic
from .source import shown_path

#: In no copy, at any depth.
_NEVER = (".git", ".conducto")
#: How a generated file begins one of its first three lines, and how much of a file is looked at for them.
_HEADER = b"# Made by conducto from "
_LOOKED_AT = 65536
#: What makes git look at another repository than that of its folder (in a hook, say): `git rev-parse --local-env-vars`.
_LOCAL = frozenset(
    (
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"),
        *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT"),
        *("GIT_IMPLICIT_WORK_TREE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE"),
        *("GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE"),
    )
)


def files(root: str, folder: str, exclude: Sequence[str] = (), tracked_only: bool = False) -> List[str]:
    """The files of `folder` (from `root`, the repository's, "" for all of it) that go into containers, from `folder`, with `/`
    between their parts, sorted by their bytes; symlinks are files.

    What git does not ignore (all, outside of git), less .git, .conducto, what conducto generated, and `exclude` (patterns as
    in .gitignore of `folder`). With `tracked_only`, what git tracks. Raises ConductoError: C207 where git is needed and does
    not answer, C208 for what git tracks of a folder that is in no repository.
    """
    top = os.path.join(root, folder)
    if tracked_only and not repository.of(os.path.join(top, "file")).found:
        message = f"{shown_path(top)} lies in no git repository, and only files that git tracks can be written out"
        raise ConductoError(Diagnostic("C208", message, help="make it a repository, and add the files: `git init`"))
    found = {path for path in _listed(top, tracked_only) if not set(path.split("/")).intersection(_NEVER)}
    rules = [patterns.parse(pattern) for pattern in exclude]
    remaining = patterns.remaining(rules, sorted(found, key=os.fsencode))
    return [path for path in remaining if not _is_generated(os.path.join(top, path))]


def _listed(top: str, tracked_only: bool) -> Iterator[str]:
    """The files in `top` as git has them, those of a repository in it included; all where it is in none."""
    if not repository.of(os.path.join(top, "file")).found:
        yield from _walked(top)
        return
    stack = [""]
    while stack:
        prefix = stack.pop()
        for name in _of_git(os.path.join(top, prefix), tracked_only):
            path = prefix + name.rstrip("/")
            full = os.path.join(top, path)
            if os.path.islink(full) or os.path.isfile(full):
                yield path
            elif os.path.lexists(os.path.join(full, ".git")):
                stack.append(f"{path}/")


def _of_git(folder: str, tracked_only: bool) -> List[str]:
    known = git_index.paths(folder) if tracked_only else None
    if known is not None:
        return known
    words = ["git", "ls-files", "-z", "--cached", *([] if tracked_only else ["--others", "--exclude-standard"])]
    env = {key: value for key, value in os.environ.items() if key not in _LOCAL}
    try:
        done = subprocess.run(words, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except FileNotFoundError:
        raise _no_answer(folder, "there is no git on PATH") from None
    if done.returncode:
        raise _no_answer(folder, done.stderr.decode(errors="replace").strip().split("\n")[0])
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]


def _no_answer(folder: str, said: str) -> ConductoError:
    message = f"git does not tell which files of {shown_path(folder)} are to be copied: {said}"
    return ConductoError(Diagnostic("C207", message, help="install git, and see that `git status` works there"))


def _walked(top: str) -> Iterator[str]:
    for folder, folders, names in os.walk(top):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        folders[:] = [name for name in folders if name not in _NEVER]
        relative = os.path.relpath(folder, top).replace(os.sep, "/")
        for name in [*names, *links]:
            full = os.path.join(folder, name)
            if os.path.islink(full) or os.path.isfile(full):
                yield name if relative == "." else f"{relative}/{name}"


def _is_generated(path: str) -> bool:
    if os.path.islink(path):
        return False
    try:
        with open(path, "rb") as source:
            head = source.read(_LOOKED_AT)
    except OSError:  # whoever copies it will say so
        return False
    return any(line.startswith(_HEADER) for line in head.split(b"\n", 3)[:3])
