"""A path put into the script of a shell, whatever quotes stand open around it there."""

from __future__ import annotations

import re
from typing import List, Optional

from .text import shell_word

#: What is the same to every shell with quotes around it and without, and never an assignment.
_PLAIN = re.compile(r"[A-Za-z0-9_@%+:,./-]+")
#: What opens something in which quotes mean another thing (or that this reader does not follow), wherever it stands.
_UNSURE = re.compile(r"`|\$\(\(|\$\{(?!\w+\})|\$'|\$\w*\Z|<<|\bcase\b|(?:^|[\s;&|()])#")


def is_plain(path: str) -> bool:
    """Whether `path` is the same with quotes around it and without, wherever it stands."""
    return _PLAIN.fullmatch(path) is not None


def put(before: str, path: str) -> Optional[str]:
    """What to write for `path` behind `before`, so that a POSIX shell reads it there: between quotes as it is, else as (a part
    of) a word. None where this cannot be told.
    """
    if is_plain(path):
        return path
    quotes = _open(before)
    if quotes == "'":
        return path.replace("'", "'\\''")
    if quotes == '"':
        return re.sub(r'([\\"$`])', r"\\\1", path)
    return None if quotes is None else _word(path)


def _word(path: str) -> str:
    """With quotes, also where these keep a shell from nothing but an assignment (`a=b.py`)."""
    return f"'{path}'" if shell_word(path) == path else shell_word(path)


def _open(before: str) -> Optional[str]:
    """The quotes that are open behind `before`: `'`, `"`, "" for none; None where nobody can tell."""
    # A shell takes a line that goes on for one before it looks at anything else.
    if _UNSURE.search(before) or _UNSURE.search(before.replace("\\\n", "")):
        return None
    # What is open, the innermost last: quotes, or the parentheses of `$(` and `(`, in which all begins anew.
    stack: List[str] = [""]
    place = 0
    while place < len(before):
        character, inside = before[place], stack[-1]
        place += 1
        if inside == "'":
            place = before.find("'", place - 1) + 1
            if not place:
                return "'"
            stack.pop()
        elif character == "\\":
            place += 1
        elif character == inside == '"' or (character == ")" and inside == "("):
            stack.pop()
        elif character == '"' or (character == "'" and inside != '"'):
            stack.append(character)
        elif before.startswith("$(", place - 1) or (character == "(" and inside != '"'):
            place += character == "$"
            stack.append("(")
        elif character == ")" and inside == "":
            return None
    if place > len(before):  # a backslash is the last of it
        return None
    return stack[-1].replace("(", "")
