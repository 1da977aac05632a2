"""What git tracks, read from its index without git: https://git-scm.com/docs/index-format"""

from __future__ import annotations

import os
import struct
from typing import List, NamedTuple, Optional, Tuple

#: The parts of an entry before its path, of a repository whose hashes have 20 bytes: times, numbers, mode, ids and size, hash.
_HEAD, _FLAGS = 60, struct.Struct(">H")
_EXTENDED = 0x4000


class _Repository(NamedTuple):
    """A folder of files, and git's own folder of it."""

    top: str
    own: str


def paths(folder: str) -> Optional[List[str]]:
    """The paths of what git tracks in `folder`, from there, a repository in it (which ends in `/`) included; None where only
    git itself can tell: other hashes, or an index in several parts.
    """
    home = _home(os.path.realpath(folder))
    if home is None or _is_unusual(home):
        return None
    try:
        with open(os.path.join(home.own, "index"), "rb") as source:
            entries = _entries(source.read())
    except FileNotFoundError:  # nothing was ever added
        entries = []
    except (ValueError, IndexError, struct.error):
        return None
    if entries is None:
        return None
    start = os.path.relpath(os.path.realpath(folder), home.top).replace(os.sep, "/")
    prefix = "" if start == "." else f"{start}/"
    return [path[len(prefix) :] for path in map(os.fsdecode, entries) if path.startswith(prefix)]


def _home(folder: str) -> Optional[_Repository]:
    """The repository of a folder: `.git` is git's folder, or says where that is."""
    top = folder
    while not os.path.lexists(os.path.join(top, ".git")):
        above = os.path.dirname(top)
        if above == top:
            return None
        top = above
    own = os.path.join(top, ".git")
    if os.path.isfile(own):
        with open(own, encoding="utf-8", errors="surrogateescape") as source:
            own = os.path.join(top, source.read().partition("gitdir:")[2].strip())
    return _Repository(top, own)


def _is_unusual(home: _Repository) -> bool:
    """Whether its settings speak of other hashes. Those of a work tree are its repository's."""
    common = os.path.join(home.own, "commondir")
    own = home.own
    if os.path.isfile(common):
        with open(common, encoding="utf-8", errors="surrogateescape") as source:
            own = os.path.join(home.own, source.read().strip())
    try:
        with open(os.path.join(own, "config"), encoding="utf-8", errors="replace") as source:
            return "objectformat" in source.read().lower()
    except OSError:
        return False


def _entries(index: bytes) -> Optional[List[bytes]]:
    """The paths in an index; None where one of its extensions must be understood and is not."""
    signature, version, count = struct.unpack_from(">4sLL", index)
    if signature != b"DIRC" or version not in (2, 3, 4):
        return None
    found: List[bytes] = []
    at, path = 12, b""
    for _ in range(count):
        start = at
        (flags,) = _FLAGS.unpack_from(index, at + _HEAD)
        at += _HEAD + (4 if flags & _EXTENDED else 2)
        path, at = _suffixed(index, at, path) if version == 4 else _padded(index, start, at)
        found.append(path)
    while at < len(index) - 20:
        name, size = struct.unpack_from(">4sL", index, at)
        if not name[:1].isupper():
            return None
        at += 8 + size
    return found


def _padded(index: bytes, start: int, at: int) -> Tuple[bytes, int]:
    """A path that ends in 1 to 8 zero bytes, so that the entry's size is a multiple of 8; and where the next entry begins."""
    end = index.index(b"\0", at)
    return index[at:end], start + (end - start) // 8 * 8 + 8


def _suffixed(index: bytes, at: int, before: bytes) -> Tuple[bytes, int]:
    """A path of which is said how many bytes of the one before are dropped, and what stands there instead."""
    byte = index[at]
    dropped, at = byte & 0x7F, at + 1
    while byte & 0x80:
        byte = index[at]
        dropped, at = ((dropped + 1) << 7) | (byte & 0x7F), at + 1
    end = index.index(b"\0", at)
    return before[: len(before) - dropped] + index[at:end], end + 1
