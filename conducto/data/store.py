"""Objects in a directory that nodes share, by their names."""

from __future__ import annotations

import os
from typing import List, Optional, Sequence

from .. import source
from ..blame import blame, said
from ..diagnostics import ConductoError, ConductoTypeError, ConductoValueError
from . import cache
from .place import is_unfinished, path_of, writing

#: Where caches are, below a directory.
_CACHES = "conducto-cache"


class Store:
    """The files below a directory, each an object whose name is its path there (`scores/a.csv`, or `/scores/a.csv`).

    An object that is stored takes the place of an older one at once and as a whole. Every method raises ConductoError (C170)
    where the directory is not set up, ConductoTypeError or ConductoValueError (C171) for a name that leads out of it, and
    OSError (FileNotFoundError for what is not there).
    """

    __slots__ = ("folder",)

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __repr__(self) -> str:
        return f"<shared data {self.folder}>"

    def get(self, name: str, file: str) -> None:
        """Copy the object at `name` to a file, or into a folder."""
        import shutil

        shutil.copy(self._path(name), file)

    def gets(self, name: str, *, byte_range: Optional[Sequence[int]] = None) -> bytes:
        """The object at `name`; with `byte_range`, two numbers, from the first byte to the one before the second.

        Raises ConductoTypeError or ConductoValueError (C172) for any other range.
        """
        begin, end = (0, -1) if byte_range is None else _range(byte_range)
        with open(self._path(name), "rb") as there:
            there.seek(begin)
            return there.read() if byte_range is None else there.read(end - begin)

    def put(self, name: str, file: str) -> None:
        """Store a file, with its mode, at `name`."""
        import shutil

        with open(file, "rb") as given, writing(self._place(name)) as target:
            shutil.copyfileobj(given, target)
            os.chmod(target.name, os.stat(given.fileno()).st_mode & 0o7777)

    def puts(self, name: str, obj: bytes) -> None:
        """Store bytes at `name`. Raises ConductoValueError (C172) for anything else."""
        if not isinstance(obj, (bytes, bytearray, memoryview)):
            message = f"`puts` stores bytes, and this is {said(obj)}"
            raise blame(ConductoValueError, "C172", message, help="write `.encode()` behind a text")
        with writing(self._place(name)) as target:
            target.write(obj)

    def delete(self, name: str, recursive: bool = False) -> None:
        """Remove the object at `name`; with `recursive`, also a folder with all in it."""
        path = self._place(name)
        if recursive and os.path.isdir(path) and not os.path.islink(path):
            import shutil

            shutil.rmtree(path)
        else:
            os.remove(path)

    def list(self, prefix: str = "") -> "List[str]":
        """The names that begin with `prefix`, sorted: where that is a folder's, of what is in it; else of what stands beside
        it. None where there is nothing. A folder in it is one name.
        """
        path = self._path(prefix)
        if os.path.isdir(path):
            lead, begin = (prefix if not prefix or prefix.endswith("/") else f"{prefix}/"), ""
        else:
            before, slash, begin = prefix.rpartition("/")
            lead = before + slash
            path = self._path(lead)
        try:
            names = os.listdir(path)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return [lead + name for name in sorted(names) if name.startswith(begin) and not is_unfinished(name)]

    def exists(self, name: str) -> bool:
        """Whether there is an object (or a folder of them) at `name`."""
        return os.path.exists(self._path(name))

    def size(self, name: str) -> int:
        """The bytes of the object at `name`."""
        return os.stat(self._path(name)).st_size

    def url(self, name: str, path_only: bool = True) -> str:
        """Where the object at `name` is found by the nodes of this pipeline: the path of its URL, or with `path_only=False` all
        of it, `file://...`.
        """
        from urllib.parse import quote

        return ("" if path_only else "file://") + quote(self._path(name))

    # --- folders that are kept for later ------------------------------------------------------------------------------

    def cache_exists(self, name: str, checksum: str) -> bool:
        """Whether a cache was saved at `name` with `checksum`."""
        return self.exists(_cache(name, checksum))

    def save_cache(self, name: str, checksum: str, save_dir: str) -> None:
        """Save a folder with all in it at `name` with `checksum`: what it was made of, say."""
        with writing(self._place(_cache(name, checksum))) as target:
            cache.pack(save_dir, target)

    def restore_cache(self, name: str, checksum: str, restore_dir: str) -> None:
        """Put the folder that was saved at `name` with `checksum` back into `restore_dir`, under its own name.

        Raises FileNotFoundError where none was saved, ConductoValueError (C173) where it would lead out of `restore_dir`.
        """
        with open(self._path(_cache(name, checksum)), "rb") as there:
            cache.unpack(there, restore_dir)

    def clear_cache(self, name: str, checksum: Optional[str] = None) -> None:
        """Remove the cache at `name` with `checksum`; without one, all that were saved at `name`."""
        if checksum is not None:
            self.delete(_cache(name, checksum))
            return
        folder = f"{_CACHES}/{name}"
        if os.path.isdir(self._path(folder)):
            self.delete(folder, recursive=True)

    # --- where an object is -------------------------------------------------------------------------------------------

    def _path(self, name: str) -> str:
        """Of what is read."""
        self._check()
        return path_of(self.folder, name)

    def _place(self, name: str) -> str:
        """Of what is stored or removed: a link there is that itself, not what it leads to."""
        self._check()
        return path_of(self.folder, name, itself=True)

    def _check(self) -> None:
        if not os.path.isdir(self.folder):
            message = f"there is no {self.folder} here: shared data is not set up"
            help = (
                "in a node, name `/conducto/data` in its command, in an env value or in the function's file, or set "
                "`shared-data = true` in `[tool.conducto]`; elsewhere there is none"
            )
            raise blame(ConductoError, "C170", message, help=help)


def _cache(name: str, checksum: str) -> str:
    return f"{_CACHES}/{name}/{checksum}.tar"


def _range(given: Sequence[int]) -> Sequence[int]:
    whole = isinstance(given, (list, tuple)) and all(type(each) is int for each in given)
    if whole and len(given) == 2 and 0 <= given[0] <= given[1]:
        return given
    message = f"`byte_range` is {said(given)}, and must be two whole numbers, the first one no larger"
    error = ConductoValueError if whole else ConductoTypeError
    raise blame(error, "C172", message, source.argument("byte_range"), help="write `byte_range=[begin, end]`")
