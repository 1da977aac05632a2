"""Where an object is in its directory, and how it comes there as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
from typing import BinaryIO, Iterator, List

from ..blame import blame, said
from ..diagnostics import ConductoError, ConductoTypeError, ConductoValueError
from ..paths import DATA, holds

#: The name of what is not yet all there begins so.
_UNFINISHED = ".conducto-unfinished-"


def path_of(folder: str, name: str, itself: bool = False) -> str:
    """The path of what `name` means below a directory; links in it are followed, of what is meant `itself` but the last one.

    A `/` at its beginning is the directory's, unless the directory's own path follows. Raises ConductoTypeError or
    ConductoValueError (C171) for a name that leads out of it, or (of what is meant `itself`) is the directory.
    """
    if not isinstance(name, str):
        message = f"the name of an object in shared data is a text, and this is {said(name)}"
        raise blame(ConductoTypeError, "C171", message, help="give its path below the directory")
    parts = _parts(folder, name)
    path = os.path.join(folder, *parts)
    root = os.path.realpath(folder)
    real = os.path.realpath(os.path.dirname(path) if itself and parts else path)
    if not holds(root, real):
        raise _leads_out(folder, name, "a link in it does")
    if itself and not parts:
        message = f"{said(name)} names no object in {folder}, but all of it"
        raise blame(ConductoValueError, "C171", message, help="name one object or folder")
    return path


def _parts(folder: str, name: str) -> List[str]:
    """The steps from the directory to the object."""
    inner = name[len(folder) :] if name.startswith(f"{folder}/") else name
    if "\0" in name or (inner is name and name.startswith(f"{DATA}/")):
        raise _leads_out(folder, name, "it is another place" if "\0" not in name else "no path has a NUL")
    parts: List[str] = []
    for part in inner.split("/"):
        if part == "..":
            if not parts:
                raise _leads_out(folder, name, "it has more `..` than parts before them")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return parts


def _leads_out(folder: str, name: str, why: str) -> ConductoError:
    message = f"{said(name)} leads out of {folder}"
    return blame(ConductoValueError, "C171", message, notes=(why,), help="give a path below that directory")


def is_unfinished(name: str) -> bool:
    """Whether a file's name says that it is still being written, or was never written to its end."""
    return name.startswith(_UNFINISHED)


@contextlib.contextmanager
def writing(path: str) -> Iterator[BinaryIO]:
    """A new file, which takes the place of `path` when all of it is written, and goes away if that fails.

    Folders on the way that are not there are made, and open to all users: those of the images of nodes may differ.
    """
    folder = os.path.dirname(path)
    _make(folder)
    new = os.path.join(folder, _UNFINISHED + os.urandom(8).hex())
    with open(new, "xb") as target:
        try:
            yield target
            target.close()
            os.replace(new, path)
        except BaseException:
            os.unlink(new)
            raise


def _make(folder: str) -> None:
    missing: List[str] = []
    while not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for each in reversed(missing):
        try:
            os.mkdir(each)
            os.chmod(each, 0o777)  # whatever the umask is
        except FileExistsError:  # of another writer, or it is a file: then what follows says so
            continue
