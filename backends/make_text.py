"""A user's text in a makefile: as a word of a recipe, or as the body of a `define`."""

from __future__ import annotations

import re
from typing import List

#: A word of a recipe holds one line of text, of so many bytes at most; what is longer has a `define` of its own.
MAX_WORD = 300

_BARE = re.compile(r"[A-Za-z0-9_@%+=:,./-]*")
#: Where lines begin that a `define` would take for its own end, or for another one within it; and end in what make acts on.
_ACTED_ON = re.compile(
    r"^(?=[^\S\n]*(?:define|endef|override|export|unexport|private|undefine))|(?<=[\\\r])$", re.MULTILINE
)


def dollars(text: str) -> str:
    """`text` such that make reads a `$` where there is one (GNU make manual, 6.1)."""
    return text.replace("$", "$$")


def quoted(text: str) -> str:
    """`text` as one word of a shell, always in quotes."""
    return "'" + text.replace("'", "'\\''") + "'"


def guarded(text: str) -> str:
    r"""Lines of a `define` that make keeps as they are; `$()`, which stands for nothing, comes between them and make's syntax.

    Make joins a line that ends in a backslash with the next, strips a CR at a line's end, and counts `define` and `endef`
    as the first words of lines (GNU make 4.3, read.c: do_define).
    """
    return _ACTED_ON.sub("$()", text)


def fits(text: str) -> bool:
    """Whether `text` can be a word of a recipe: there a newline is the end, whatever stands around it."""
    return "\n" not in text and len(text.encode()) <= MAX_WORD


def word(text: str) -> str:
    """`text`, which fits, as a word of a recipe in quotes."""
    return dollars(quoted(text))


def option(key: str, text: str) -> str:
    """`key` and `text`, which fits, as one word of a recipe, in quotes only where it needs them."""
    return key + (text if _BARE.fullmatch(text) else word(text))


def definition(name: str, text: str) -> List[str]:
    """The lines of a `define` that gives variable `name` any text, those of the text in one."""
    return [f"define {name}", guarded(dollars(text)), "endef"]


def assignment(name: str, text: str) -> List[str]:
    """The lines that give variable `name` any text, as plainly as can be."""
    return [f"{name} := {text}".rstrip()] if _BARE.fullmatch(text) else definition(name, text)


def wrapped(lead: str, words: List[str], columns: int = 100) -> List[str]:
    """`lead` and words as one line of make's, continued on further lines where it is too long."""
    lines = [lead]
    for item in words:
        if len(lines[-1]) + 1 + len(item) > columns and lines[-1] != "   ":
            lines[-1] += " \\"
            lines.append("   ")
        lines[-1] += f" {item}"
    return lines
