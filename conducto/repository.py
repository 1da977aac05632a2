"""The repository that a file lies in, and the paths and names that follow from it."""

from __future__ import annotations

import os
from typing import NamedTuple, Optional


class Repository(NamedTuple):
    """`root` is the folder that paths in generated files are relative to; `found` whether a repository is there at all."""

    root: str
    found: bool

    def relative(self, path: str) -> str:
        """`path` relative to the root, with `/` between its parts."""
        return os.path.relpath(os.path.realpath(path), self.root).replace(os.sep, "/")

    def absolute(self, relative: str) -> str:
        """The path on this machine of one that is relative to the root."""
        return os.path.normpath(os.path.join(self.root, *relative.split("/")))


def of(file: str) -> Repository:
    """The git repository that holds `file`; without one, the file's folder."""
    start = os.path.dirname(os.path.realpath(file))
    folder = start
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return Repository(folder, True)
        parent = os.path.dirname(folder)
        if parent == folder:
            return Repository(start, False)
        folder = parent


def pipeline_name(source: str, function: str, explicit: bool, base: Optional[str] = None) -> str:
    """A pipeline's name: its path from the root without `.py`, `/` as `-`, with the function where it is not the default.

    `base` is what the project has instead of the path.
    """
    stem = source[: -len(".py")] if source.endswith(".py") else source
    name = base or stem.replace("/", "-")
    return f"{name}-{function}" if explicit else name
