"""How much of what comes from outside is looked at: more is refused, before it costs memory or time.

What is within all of them is read, and made rules for make, in some seconds and less than 300 MB (tests/hostile/fuzz.py).
"""

from __future__ import annotations


class Unreadable(ValueError):
    """What a command printed is no pipeline that can be taken; the message says why, for people."""


#: The version of the format, which the marker lines bear.
VERSION = 1

#: Nodes of a generated tree, its root left aside, and how deep they may stand.
NODES = 100_000
DEPTH = 10_000
#: Bytes between the marker lines, bytes when that is no longer compressed, bytes of one of its lines, and lines.
TEXT = 32 << 20
JSON = 32 << 20
LINE = 1 << 20
LINES = 100_000
#: Bytes of the first line (images, attributes, functions), and how many lists and objects stand in it.
HEAD = 4 << 20
VALUES = 300_000
#: Bytes of a name, of a path, and images that differ.
NAME = 100_000
PATH = 4_096
IMAGES = 1_000
#: Wildcards of a pattern in an image's `exclude`, which a shell tries in all places.
STARS = 10
#: Bytes that the paths of all Execs have together (each is told its own), and entries of env and options that are handed down:
#: those that each node with some of its own has, from above too, and those that all Execs are told.
PATHS = 16 << 20
HANDED_DOWN = 1_000_000
TOLD = 2_500_000
