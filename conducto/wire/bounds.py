"""How much of what comes from outside is looked at: more is refused, before it costs memory or time."""

from __future__ import annotations


class Unreadable(ValueError):
    """What a command printed is no pipeline that can be taken; the message says why, for people."""


#: The version of the format, which the marker lines bear.
VERSION = 1

#: Nodes of a generated tree, and how deep they may stand.
NODES = 500_000
DEPTH = 10_000
#: Bytes between the marker lines, bytes when that is no longer compressed, and bytes of one of its lines.
TEXT = 64 << 20
JSON = 128 << 20
LINE = 1 << 20
#: Bytes of the first line: images, attributes, functions.
HEAD = 8 << 20
#: Bytes of a name.
NAME = 100_000
