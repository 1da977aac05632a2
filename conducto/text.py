"""Text that users write: what may be carried, how it is trimmed, shown and quoted."""

from __future__ import annotations

import functools
import re

#: The longest command or env value, in bytes of UTF-8 (docs/semantics.md, "The command").
MAX_BYTES = 100_000

_BLANKS = " \t"
_UNCARRIED = re.compile("[\0\ud800-\udfff\ufffe\uffff]")
#: Control characters, and what a terminal or an editor would act on instead of showing it.
_UNSHOWN = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
_SHORT_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
_SHELL_SAFE = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")


def complaint(text: str) -> str | None:
    """Why `text` cannot be carried to every target, or None.

    NUL ends a C string; lone surrogates are no UTF-8; U+FFFE and U+FFFF are taken by no YAML reader, not even in a comment.
    """
    if len(text) <= MAX_BYTES and text.isascii() and "\0" not in text:
        return None
    found = _UNCARRIED.search(text)
    if found:
        return f"holds {_named(found.group())} (position {found.start()}), which no target can carry"
    size = len(text.encode())
    if size > MAX_BYTES:
        return f"has {size:,} bytes, more than the {MAX_BYTES:,} that every target can carry"
    return None


def _named(character: str) -> str:
    if character == "\0":
        return "a NUL"
    if "\ud800" <= character <= "\udfff":
        return f"a lone surrogate (U+{ord(character):04X})"
    return f"U+{ord(character):04X}"


def dedent(text: str) -> str:
    r"""The script that a command's text stands for.

    The minimum indentation (blanks and tabs) of the non-blank lines 2..n is removed from these lines, then blanks, tabs and
    newlines at both ends; a blank right after a backslash stays, as it is part of a word there. Nothing else changes.
    """
    if "\n" not in text:
        return _trimmed(text)
    first, *rest = text.split("\n")
    margin = min((_indent(line) for line in rest if line.strip(_BLANKS)), default=0)
    lines = [first, *(line[min(margin, _indent(line)) :] for line in rest)]
    return _trimmed("\n".join(lines))


def _trimmed(text: str) -> str:
    body = text.lstrip(_BLANKS + "\n")
    end = len(body.rstrip(_BLANKS + "\n"))
    if body[end - 1 : end + 1] == "\\ ":
        end += 1
    return body[:end]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(_BLANKS))


def shown(text: str) -> str:
    r"""`text` on one line, for people: what a terminal would act on stands as `\n`, `\x1b`, `\u2028`.

    Not reversible (a backslash of the text stays as it is): for trees, comments, job names, never for what is run.
    """
    return _UNSHOWN.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def comment(text: str) -> str:
    r"""`text` as the body of a `#` comment in any of our files: one line that neither make nor a shell continues."""
    line = shown(text).rstrip()
    return line + "." if line.endswith("\\") else line


def shell_word(text: str) -> str:
    """`text` as one word of a POSIX shell."""
    if _SHELL_SAFE.fullmatch(text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


# --- YAML -------------------------------------------------------------------------------------------------------------
# Plain only where every reader of YAML 1.1 and 1.2 must see the same string: letters first, and no word that either takes
# for a boolean, a null or a number; double quotes otherwise; a literal block for printable text of several lines.

#: When they are first needed: a program that writes no YAML starts sooner.
_compiled = functools.lru_cache(maxsize=None)(re.compile)

_YAML_PLAIN = r"[A-Za-z_/][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+-]+)*"
_YAML_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "inf", "nan"])
_YAML_NUMBERS = r"[0-9.eE_+-]*"
_YAML_BLOCK = (
    "[\n\t\x20-\x7e\xa0-\u061b\u061d-\u200d"
    "\u2010-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]+"
)
_YAML_LONG = 10_000
_YAML_ESCAPED = '[\0-\x1f"\\\\\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]'
_YAML_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def yaml_scalar(value: str | int | bool) -> str:
    """`value` on one line of YAML: a bool or int as it is, a str such that every reader of YAML 1.1 and 1.2 reads it back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if (
        _compiled(_YAML_PLAIN).fullmatch(value)
        and value.lower() not in _YAML_WORDS
        and not _compiled(_YAML_NUMBERS).fullmatch(value)
    ):
        return value
    return yaml_quoted(value)


def yaml_quoted(value: str) -> str:
    """`value` in quotes of YAML: single ones where these need no escape and double ones do."""
    if _reads_better_in_single_quotes(value):
        return f"'{value}'"
    return '"' + _compiled(_YAML_ESCAPED).sub(_yaml_escape, value) + '"'


def _reads_better_in_single_quotes(value: str) -> bool:
    """Whether double quotes would need an escape where single quotes need none."""
    return (
        ('"' in value or "\\" in value)
        and not re.search("['\n\t]", value)
        and _compiled(_YAML_BLOCK).fullmatch(value) is not None
    )


def _yaml_escape(found: re.Match[str]) -> str:
    """The escape of one character: `\\x` where it will do, as a text of control characters would else grow sixfold."""
    character = found.group()
    number = ord(character)
    return _YAML_ESCAPES.get(character) or (f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}")


def yaml_block(text: str) -> list[str] | None:
    """The lines of `text` for a literal block (`|-`), or None where only quotes can hold it."""
    lines = text.split("\n")
    if len(lines) < 2 or not _compiled(_YAML_BLOCK).fullmatch(text):
        return None
    if not lines[0] or lines[0][0] in _BLANKS or not lines[-1].strip(_BLANKS) or any(_unsure(line) for line in lines):
        return None
    return lines


def _unsure(line: str) -> bool:
    """A line that readers of YAML do not agree on: a tab where indentation may end, or nothing but blanks."""
    return line.startswith("\t") or (line != "" and not line.strip(_BLANKS))


def yaml_lines(value: object, indent: int = 0) -> list[str]:
    """`value` (dict, list, str, int, bool) as the lines of a YAML document, keys in their order, two blanks a level."""
    lines: list[str] = []
    _Yaml(lines).put("", value, indent)
    return lines


class _Yaml:
    """Writes values of a document, whose depth is bounded by its schema, as lines."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def put(self, lead: str, value: object, indent: int) -> None:
        """Append `value` behind `lead` ("key:", "-" or nothing); what it holds stands `indent` blanks in."""
        if isinstance(value, dict) and value:
            self._mapping(lead, value, indent)
        elif isinstance(value, (list, tuple)) and value:
            self._sequence(lead, value, indent)
        else:
            self._scalar(lead, value, indent)

    def _mapping(self, lead: str, value: dict[str, object], indent: int) -> None:
        dash = lead.endswith("-")
        if lead and not dash:
            self.lines.append(lead)
        for number, (key, child) in enumerate(value.items()):
            first = lead + " " if dash and number == 0 else " " * indent
            self.put(self._key(first, yaml_scalar(key), indent), child, indent + 2)

    def _key(self, first: str, key: str, indent: int) -> str:
        """What the value stands behind: a key of more than 1,024 characters is none to a YAML reader unless `?` says so."""
        if len(key) <= 1024:
            return f"{first}{key}:"
        self.lines.append(f"{first}? {key}")
        return " " * indent + ":"

    def _sequence(self, lead: str, value: list[object] | tuple[object, ...], indent: int) -> None:
        dash = lead.endswith("-")
        if lead and not dash:
            self.lines.append(lead)
        for number, child in enumerate(value):
            first = lead + " " if dash and number == 0 else " " * indent
            self.put(f"{first}-", child, indent + 2)

    def _scalar(self, lead: str, value: object, indent: int) -> None:
        lead = lead + " " if lead else " " * indent
        if isinstance(value, str):
            block = yaml_block(value)
            # Of many short lines the indentation would weigh more than the text, and files have limits.
            if block is not None and (len(value) < _YAML_LONG or indent * len(block) < len(value)):
                self.lines.append(f"{lead}|-")
                self.lines.extend(" " * indent + line if line else "" for line in block)
                return
        if isinstance(value, (str, int)):
            self.lines.append(lead + yaml_scalar(value))
        elif isinstance(value, (dict, list, tuple)):
            self.lines.append(lead + ("{}" if isinstance(value, dict) else "[]"))
        else:
            raise TypeError(f"no YAML for {type(value).__name__}")
