"""Diagnostics drawn: for people with the line and a caret, for tools as JSON."""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import Iterable, List, Tuple

from .diagnostics import Diagnostic, Location
from .text import shown

#: Characters of a line of the user's that are shown.
_LONGEST = 160


def text(diagnostics: Iterable[Diagnostic]) -> str:
    """All of them for a terminal, a blank line between two; ends with a newline."""
    return "\n".join("\n".join(_lines(diagnostic)) + "\n" for diagnostic in diagnostics)


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    """One JSON array; `line`, `column` and `end_column` count from 1, the end exclusive; `file` is null for the command line."""
    return json.dumps([_fields(diagnostic) for diagnostic in diagnostics], ensure_ascii=False, indent=2) + "\n"


def _fields(diagnostic: Diagnostic) -> dict[str, object]:
    place = diagnostic.location
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "node": diagnostic.node,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column + 1 if place else None,
        "end_column": place.end_column + 1 if place else None,
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
    }


def _lines(diagnostic: Diagnostic) -> List[str]:
    message = "\n".join(map(_shown, diagnostic.message.split("\n")))
    found = [f"{diagnostic.severity}[{diagnostic.code}]: {message}"]
    place = diagnostic.location
    margin = ""
    if place is not None:
        number = str(place.line) if place.file is not None else " "
        margin = " " * len(number)
        found.append(f"{margin}--> {_place(place)}")
        if place.text:
            line, caret = _pointed(place)
            found += [f"{margin} |", f"{number} | {line}".rstrip(), f"{margin} | {caret}"]
    for label, said in _said(diagnostic):
        first, *rest = map(_shown, said.split("\n"))
        found.append(f"{margin} = {label}: {first}")
        found.extend(f"{margin}   {line}".rstrip() for line in rest)
    return found


def _said(diagnostic: Diagnostic) -> List[tuple[str, str]]:
    said = [("node", shown(diagnostic.node))] if diagnostic.node is not None else []
    said += [("note", note) for note in diagnostic.notes]
    return [*said, ("help", diagnostic.help)] if diagnostic.help else said


def _place(place: Location) -> str:
    return "command line" if place.file is None else f"{shown(place.file)}:{place.line}"


def _shown(line: str) -> str:
    """A line as stderr can write it, so that what points at a place in it points there."""
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    return shown(line.replace("\t", "    ")).encode(encoding, "backslashreplace").decode(encoding)


def _pointed(place: Location) -> Tuple[str, str]:
    """The line, or the stretch of a long one that matters, and the carets below it."""
    start, stop = 0, len(place.text)
    if stop > _LONGEST:
        start = max(0, min(place.column - _LONGEST // 4, stop - _LONGEST))
        stop = start + _LONGEST
    lead, tail = "..." if start else "", "..." if stop < len(place.text) else ""
    before = lead + _shown(place.text[start : place.column])
    fault = _shown(place.text[place.column : min(place.end_column, stop)])
    after = _shown(place.text[min(place.end_column, stop) : stop]) + tail
    return before + fault + after, " " * _width(before) + "^" * max(1, _width(fault))


def _width(text: str) -> int:
    """The columns that a terminal gives to `text`."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)
