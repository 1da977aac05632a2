"""The text of a pipeline among whatever else a command prints."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import IO, Iterator, List

from . import bounds
from .bounds import Unreadable

BEGIN = f"<conducto-pipeline version={bounds.VERSION}>"
END = "</conducto-pipeline>"
#: What a line of ours that is compressed begins with; another is JSON.
_COMPRESSED = "zlib "
#: A pipeline of fewer bytes is written as it is, for people.
_SMALL = 2_000
_WIDTH = 4_000


def framed(lines: List[str], always_plain: bool = False) -> str:
    """The lines of a pipeline between the marker lines, with a newline before, as others may have printed half a line."""
    text = "\n".join(lines)
    if len(text) > _SMALL and not always_plain:
        packed = base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")
        text = "\n".join(_COMPRESSED + packed[at : at + _WIDTH] for at in range(0, len(packed), _WIDTH))
    return f"\n{BEGIN}\n{text}\n{END}\n"


def found(printed: IO[bytes]) -> Iterator[bytes]:
    """The lines of the one pipeline in what was printed, no longer compressed, each without its newline.

    Raises Unreadable where there is none, more than one, one that does not end, or one of another version.
    """
    inside = _between(printed)
    if not inside:
        raise Unreadable("it printed no pipeline")
    inside.reverse()  # each is let go as soon as it is read
    if not inside[-1].startswith(_COMPRESSED.encode()):
        while inside:
            yield inside.pop()
        return
    yield from _unpacked(inside)


def _between(printed: IO[bytes]) -> List[bytes]:
    lines: List[bytes] = []
    size = count = 0
    open_ = False
    # A line that is longer is none of ours, and is read in pieces.
    for line in (read.rstrip(b"\r\n") for read in iter(lambda: printed.readline(bounds.LINE + 2), b"")):
        if not open_:
            if line == BEGIN.encode():
                open_, count = True, count + 1
            elif line.startswith(b"<conducto-pipeline ") and line.endswith(b">") and len(line) < 60:
                raise Unreadable(
                    f"it printed a pipeline in another format than this release reads: {line.decode(errors='replace')}"
                )
            continue
        if line == END.encode():
            open_ = False
            continue
        if count > 1:
            raise Unreadable("it printed two pipelines")
        size += len(line)
        if size > bounds.TEXT:
            raise Unreadable(f"the pipeline that it printed has more than {bounds.TEXT:,} bytes")
        if len(lines) == bounds.LINES:
            raise Unreadable(f"the pipeline that it printed has more than {bounds.LINES:,} lines")
        lines.append(line)
    if open_:
        raise Unreadable("the pipeline that it printed does not end")
    if count > 1:
        raise Unreadable("it printed two pipelines")
    return lines


def _unpacked(packed: List[bytes]) -> Iterator[bytes]:
    """The lines of a compressed text, of whose lines the first stands last; never more than one of those that are unpacked, and
    what it takes to unpack it, is in memory.
    """
    unzip = zlib.decompressobj()
    rest, total = bytearray(), 0
    while packed:
        data = _bytes(packed.pop())
        while data:
            try:
                more = unzip.decompress(data, bounds.LINE)
            except zlib.error as error:
                raise Unreadable(f"the pipeline that it printed is damaged: {error}") from error
            data = unzip.unconsumed_tail
            total += len(more)
            if total > bounds.JSON:
                raise Unreadable(f"the pipeline that it printed has more than {bounds.JSON:,} bytes, unpacked")
            *whole, last = more.split(b"\n")
            if whole:
                whole[0], rest = bytes(rest + whole[0]), bytearray()
            rest += last
            if len(rest) > bounds.HEAD:
                raise Unreadable("the pipeline that it printed has a line that is too long")
            yield from whole
    if not unzip.eof or unzip.unused_data:
        raise Unreadable("the pipeline that it printed is damaged")
    yield bytes(rest)


def _bytes(line: bytes) -> bytes:
    if not line.startswith(_COMPRESSED.encode()):
        raise Unreadable("something else stands in the pipeline that it printed")
    try:
        return base64.b64decode(line[len(_COMPRESSED) :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("the pipeline that it printed is damaged") from error
