"""Paths of the machine that generates, as it can tell of them to another: by the code's root, or the repository's."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Optional

from .. import repository
from ..paths import CODE, RUNTIME_FILE
from .bounds import Unreadable

if TYPE_CHECKING:
    from ..ir.images import Code, ImageSpec

#: What a path begins with: it is relative to the code that an image carries, to the repository, or stands as it is in an image.
_CODE, _ROOT, _INSIDE = "code:", "root:", "image:"
#: Folders of git's and of ours, which no code that is copied has. In ours nodes write, while the pipeline runs.
_OURS = frozenset([".git", ".conducto"])


def told(path: str) -> str:
    """An absolute path of this machine, for another one."""
    if path == CODE or path.startswith(f"{CODE}/"):
        return _CODE + path[len(CODE) + 1 :]
    inside = os.path.join(path, "x") if os.path.isdir(path) else path
    home = repository.of(inside)
    if not home.found:
        home = _beside_the_runtime(inside)
    if home.found:
        relative = home.relative(path)
        return _ROOT + ("" if relative == "." else relative)
    return _INSIDE + path


def _beside_the_runtime(inside: str) -> repository.Repository:
    """The folder that stands for a repository where there is none: that of the runtime file, which a Lazy needs."""
    folder = os.path.dirname(os.path.realpath(inside))
    while not os.path.isfile(os.path.join(folder, RUNTIME_FILE)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return repository.Repository(folder, False)
        folder = parent
    return repository.Repository(folder, True)


class Places:
    """Where paths that were told lie, from the repository's root; `image` is the one of the node that generated."""

    def __init__(self, image: Optional["ImageSpec"]) -> None:
        self._image = image

    @property
    def clone(self) -> "Optional[Code]":
        """The code of another repository that the image carries."""
        code = self._image.code if self._image is not None else None
        return code if code is not None and code.kind == "clone" else None

    def relative(self, path: str) -> str:
        """A path that was told, relative to the repository's root, "" for the root. Raises Unreadable for one that leads out."""
        kind, colon, rest = path.partition(":")
        relative = self._of(kind + colon, rest)
        if relative is None:
            raise Unreadable(f"its pipeline names {path!r}, and the image of Generate does not say where that is from")
        relative = posixpath.normpath(relative or ".")
        if relative.startswith(("/", "../")) or relative == ".." or "\0" in relative:
            raise Unreadable(f"its pipeline names {path!r}, which leads out of the repository")
        if not _OURS.isdisjoint(relative.lower().split("/")):
            raise Unreadable(f"its pipeline names {path!r}, which is not the pipeline's")
        return "" if relative == "." else relative

    def _of(self, kind: str, rest: str) -> Optional[str]:
        code = self._image.code if self._image is not None else None
        if kind == _ROOT:
            return rest
        if kind == _CODE and code is not None:
            return posixpath.join(code.folder, rest) if code.kind == "folder" else rest
        if kind == _INSIDE and self._image is not None:
            return self._mapped(self._image, rest)
        return None

    def _mapped(self, image: "ImageSpec", path: str) -> Optional[str]:
        """Back through the `path_map` of an image: the longest path inside that holds it counts."""
        best = None
        for outer, given in image.paths:
            inner = posixpath.normpath(given)
            if (path == inner or path.startswith(inner.rstrip("/") + "/")) and (
                best is None or len(inner) > len(best[1])
            ):
                best = outer, inner
        return None if best is None else posixpath.join(best[0], posixpath.relpath(path, best[1]))
