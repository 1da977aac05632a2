"""A pyproject.toml as text: where in it something is set, for what is said about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .diagnostics import Location
from .source import locate

#: A part of a dotted key of TOML.
_PART = re.compile(r"\"[^\"]*\"|'[^']*'|[^.\s\"']+")

#: What is wanted: the parts of a dotted key, after the name of an array of tables the number (from 0) of one of them.
Key = tuple[str | int, ...]


def place(path: str, wanted: Key, word: str = "") -> Location:
    """Where the file sets `wanted` or opens its table; else (an inline table) the line below its parent that holds its last part.

    Without such a line that of the parent. `word` is a value of it, which is then pointed at where it can be found.
    """
    with open(path, encoding="utf-8") as source:
        lines = source.read().split("\n")
    name = next(str(part) for part in reversed(wanted) if isinstance(part, str))
    first = next(_set(lines, wanted), 0) or _inline(lines, wanted, name)
    found = _word(path, first, word) if word else None
    return found or _word(path, first, name) or locate(path, first)


def _inline(lines: list[str], wanted: Key, name: str) -> int:
    """The line that names a part of an inline table; of the n-th in an array, the n-th line that does."""
    length = next((length for length in range(len(wanted) - 1, 0, -1) if any(_set(lines, wanted[:length]))), 0)
    parent = next(_set(lines, wanted[:length]), 1)
    index = next((part for part in wanted[length:] if isinstance(part, int)), 0)
    found = [number for number, line in enumerate(lines, 1) if number >= parent and name in line]
    return found[min(index, len(found) - 1)] if found else parent


def _set(lines: list[str], wanted: Key) -> Iterator[int]:
    """The numbers of the lines that set something at or below `wanted`."""
    table: Key = ()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(lines, 1):
        opened = re.match(r"\s*(\[+)([^]]+)\]", line)
        if opened:
            parts = _parts(opened[2])
            if opened[1] == "[[":
                counts[parts] = counts.get(parts, -1) + 1
            table = _numbered(parts, counts)
        spelled = table if opened else (*table, *_parts(line.partition("=")[0]))
        if spelled[: len(wanted)] == wanted:
            yield number


def _parts(dotted: str) -> tuple[str, ...]:
    """The parts of a dotted key, without quotes."""
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _numbered(parts: tuple[str, ...], counts: dict[tuple[str, ...], int]) -> Key:
    """`parts` with the number of the open table behind each name of an array of tables."""
    found: list[str | int] = []
    for length, part in enumerate(parts, 1):
        found += [part, counts[parts[:length]]] if parts[:length] in counts else [part]
    return tuple(found)


def _word(path: str, line: int, word: str) -> Location | None:
    found = locate(path, line)
    start = found.text.find(word)
    return None if start < 0 else Location(found.file, line, start, start + len(word), found.text)
