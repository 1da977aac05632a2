"""Where in the user's code something was written: cheap to note, read only when there is something to say."""

from __future__ import annotations

import functools
import itertools
import os
import sys
from types import CodeType, FrameType
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .diagnostics import Location

OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep

#: The standard library, which has installed packages in a folder of its own.
_STANDARD = (os.path.dirname(os.__file__) + os.sep, "<frozen ")
_INSTALLED = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)


class Pick(NamedTuple):
    """Picks the part of a statement that is at fault: a function of picks.py by name, and what it is given besides."""

    how: str
    words: Tuple[Any, ...] = ()


class Span(NamedTuple):
    """Lines from 1, columns in bytes of UTF-8 from 0, the ends exclusive: as Python's compiler notes them."""

    line: int
    end_line: int
    column: int
    end_column: int


class Site(NamedTuple):
    """One instruction of the user's code."""

    code: CodeType
    instruction: int
    line: int

    def location(self, pick: Optional[Pick] = None) -> Location:
        """The expression at this place; with `pick`, the part of it that `pick` names, where the source can be read.

        The whole line where the code has no columns (Python 3.9 and 3.10, `-X no_debug_ranges`).
        """
        span = self._span()
        if pick is not None and span is not None:
            from . import picks

            span = picks.picked(self.code.co_filename, span, self._turn(span), pick) or span
        return locate(self.code.co_filename, self.line, span)

    def _spans(self) -> Iterator[Tuple[Optional[int], ...]]:
        """The place of each instruction up to this one, as Span has it; none where the code has no columns."""
        positions = getattr(self.code, "co_positions", tuple)
        return itertools.islice(positions(), self.instruction // 2 + 1)

    def _span(self) -> Optional[Span]:
        last: List[Tuple[Any, ...]] = list(self._spans())[-1:]
        return None if not last or None in last[0] else Span(*last[0])

    def _turn(self, span: Span) -> int:
        """How many instructions of this kind with this span come before it: each item of a `with` has one, in order."""
        codes = self.code.co_code[::2]
        same = [codes[at] for at, position in enumerate(self._spans()) if position == span]
        return same.count(codes[self.instruction // 2]) - 1


#: Of nodes that no line of this machine's made.
NOWHERE = Site(compile("", "<generated>", "exec"), 0, 1)

#: Each place that made a node: many are made at one. A Site holds its code, so that no other can have that id.
_sites: Dict[Tuple[int, int], Site] = {}


def user_site() -> Site:
    """The innermost frame outside this package and the standard library: the line of the user's that called us.

    Where there is none (a thread that calls us and nothing else), the innermost outside this package.
    """
    frame: Optional[FrameType] = sys._getframe(2)  # before that is who asks, one of us
    outside: Optional[FrameType] = None
    while frame is not None:
        whose = _whose(frame.f_code.co_filename)
        if whose != "ours":
            outside = outside or frame
            if whose == "user":
                break
        frame = frame.f_back
    found = frame or outside or sys._getframe(1)
    key = id(found.f_code), found.f_lasti
    site = _sites.get(key)
    if site is None:
        site = _sites[key] = Site(found.f_code, found.f_lasti, found.f_lineno)
    return site


@functools.lru_cache(maxsize=None)
def _whose(file: str) -> str:
    """Whose code a file is: "ours", "standard" (the library), or "user"."""
    if file.startswith(OURS):
        return "ours"
    installed = any(folder in file for folder in _INSTALLED)
    return "standard" if file.startswith(_STANDARD) and not installed else "user"


def locate(file: str, line: int, span: Optional[Span] = None) -> Location:
    """The location of `span` in `file`; of the whole of `line` where there is none. A span over several lines is cut."""
    import linecache

    first = span.line if span else line
    text = linecache.getline(file, first).rstrip("\r\n")
    if span is None:
        return Location(shown_path(file), first, len(text) - len(text.lstrip()), len(text), text)
    data = text.encode()
    start = len(data[: span.column].decode(errors="replace"))
    end = len(text.rstrip()) if span.end_line > first else len(data[: span.end_column].decode(errors="replace"))
    return Location(shown_path(file), first, start, max(end, start + 1), text)


def shown_path(path: str) -> str:
    """`path` as a user would type it: relative where it lies below the current folder."""
    try:
        relative = os.path.relpath(path)
    except (ValueError, OSError):  # on another drive; the current folder is gone
        return path
    return path if relative.startswith(os.pardir) else relative


# --- the part of an expression that is at fault -----------------------------------------------------------------------

#: Of `x[key] = y`, `x[key]` and `key in x`: the key; of the first, x and y; of `with x:`, x.
SUBSCRIPT, CONTAINER, ASSIGNED, ENTERED = map(Pick, ("subscript", "container", "assigned", "entered"))


def argument(name: str, position: Optional[int] = None) -> Pick:
    """Picks the value of a call's argument, given by name or at `position`; or the value assigned to an attribute."""
    return Pick("argument", (name, position))


def keyword(name: str) -> Pick:
    """Picks `name=value` of a call, or the target of an assignment to an attribute."""
    return Pick("keyword", (name,))


def entry(attribute: str, key: object, part: str) -> Pick:
    """Picks the "key" or "value" that a dict given for `attribute` has for `key`; the whole argument where it is not written."""
    return Pick("entry", (attribute, key, part))


def within(name: str, steps: Sequence[object], key: bool = False) -> Pick:
    """Picks what an argument's value holds at `steps` (keys of dicts, positions in lists), as deep as that is written there;
    with `key`, the last key itself.
    """
    return Pick("within", (name, steps, key))


def positional(position: int) -> Pick:
    """Picks what a call gives at `position`: that argument, or the `*` expression that it must come out of."""
    return Pick("positional", (position,))


def passed(name: Optional[str], position: Optional[int]) -> Pick:
    """Picks the argument for a function's parameter, by name or at `position`; a `*values` or `**values` that may hold it."""
    return Pick("passed", (name, position))
