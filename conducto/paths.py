"""Where a file of this machine stands in a container, as its image tells (docs/semantics.md, "Python callables")."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Iterator, NamedTuple, Optional, Tuple, Union

from . import repository

if TYPE_CHECKING:
    from .image import Image

#: Where the code that an image carries stands in its file system.
CODE = "/mnt/conducto"
#: The directories that Execs share: below it, `pipeline` of one run and `user` of all.
DATA = "/conducto/data"
#: Where the runtime file lies on disk: from the repository's root, or from the source's folder where there is no repository.
#: Committed.
RUNTIME_FILE = ".conducto/runtime.pyz"


class Layout(NamedTuple):
    """Which files of this machine an image has, and where.

    `folder` is the local one whose files stand in CODE, None for none; `clone` says that CODE holds another copy of the git
    repository that a file lies in; `paths` are pairs of a local path and the one inside (absolute, or relative to where
    commands start). `workdir` says that commands start in CODE where there is code, so that paths in it are written relative.
    """

    folder: Optional[str] = None
    clone: bool = False
    paths: Tuple[Tuple[str, str], ...] = ()
    workdir: bool = True

    @property
    def carries(self) -> bool:
        """Whether there is code in CODE."""
        return self.folder is not None or self.clone


def inside(image: Union["Image", Layout, str, None], file: str) -> Optional[str]:
    """The path by which a command in a container of `image` finds the local `file`, or None where it has no such file.

    The longest local path that holds `file` counts, symlinks resolved on both sides; of two equal ones the first, the
    author's own `path_map` before the code. Relative where commands start in a folder above it; never like an option.
    The name of an image (a str) tells of no file.
    """
    if image is None or isinstance(image, str):
        return None
    layout = image if isinstance(image, Layout) else image.layout
    real = os.path.realpath(file)
    best: Optional[Tuple[str, str]] = None
    for outer, inner in _entries(layout, real):
        if holds(outer, real) and (best is None or len(outer) > len(best[0])):
            best = outer, inner
    return None if best is None else _shortened(layout, _joined(best[1], os.path.relpath(real, best[0])))


def _entries(layout: Layout, real: str) -> Iterator[Tuple[str, str]]:
    """Pairs of a real local path and the path inside, those that win a tie first."""
    for outer, inner in layout.paths:
        yield os.path.realpath(outer), inner
    if layout.folder is not None:
        yield os.path.realpath(layout.folder), CODE
    if layout.clone:
        home = repository.of(real)
        if home.found:
            yield home.root, CODE


def holds(folder: str, path: str) -> bool:
    """Whether a path is a folder or below it, as texts: both real, where links shall count."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _joined(inner: str, relative: str) -> str:
    return posixpath.normpath(posixpath.join(inner, relative.replace(os.sep, "/")))


def _shortened(layout: Layout, path: str) -> str:
    """`path` relative to CODE where commands start there; one that would be taken for an option or a word gets its `./`."""
    if layout.carries and layout.workdir and path.startswith(CODE + "/"):
        path = path[len(CODE) + 1 :]
    plain = "/" in path or path.endswith(".py")
    return path if plain and not path.startswith("-") else f"./{path}"
