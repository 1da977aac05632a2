"""A folder as one object, and back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO, Iterator

from ..blame import blame, said
from ..diagnostics import ConductoError, ConductoValueError
from ..paths import holds

if TYPE_CHECKING:
    import tarfile


def pack(folder: str, target: BinaryIO) -> None:
    """Write a folder, under its own name, with modes and links, as a tar archive."""
    import tarfile

    with tarfile.open(fileobj=target, mode="w") as archive:
        archive.add(folder, arcname=os.path.basename(os.path.normpath(folder)))


def unpack(source: BinaryIO, folder: str) -> None:
    """Write what is in such an archive below `folder`. Raises ConductoValueError (C173) at what leads out of that, or nowhere."""
    import tarfile

    with tarfile.open(fileobj=source, mode="r:*") as archive:
        # Modes and links come back as they were; what leads out is looked for here, as not every Python does.
        archive.extraction_filter = lambda member, path: member
        try:
            archive.extractall(folder, members=_within(archive, os.path.realpath(folder)))
        except RecursionError:  # where a link cannot be made, tarfile takes what it means, which may be the link
            raise _refused("a link cannot be made") from None


def _within(archive: "tarfile.TarFile", root: str) -> Iterator["tarfile.TarInfo"]:
    """The members, each checked when those before it are there: a link may lead out, and what follows go through it."""
    for member in archive:
        path = os.path.join(root, member.name.rstrip("/"))
        # What is no link itself would be written through one that is there already.
        places = [os.path.dirname(path) if member.issym() else path]
        if member.islnk():
            places.append(os.path.join(root, member.linkname))
        if os.path.basename(path) == ".." or not all(holds(root, os.path.realpath(place)) for place in places):
            raise _refused(f"{said(member.name)} leads out of the folder that it is restored to")
        if member.islnk() and not os.path.isfile(places[1]):
            raise _refused(f"{said(member.name)} is another name of a file that is not there")
        yield member


def _refused(what: str) -> ConductoError:
    return blame(ConductoValueError, "C173", f"in the cache {what}", help="clear the cache, and save it anew")
