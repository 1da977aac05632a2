"""Patterns as in .gitignore, in the part of them that git, Python and every POSIX shell take alike.

All of it is about bytes, as in git: `?` is one byte of a name. https://git-scm.com/docs/gitignore tells the meaning.
"""

from __future__ import annotations

import itertools
import os
import re
from typing import Dict, Iterable, Iterator, List, NamedTuple, Pattern, Sequence, Tuple

_STARS = re.compile(r"\*{2,}")


class Rule(NamedTuple):
    """One pattern, read.

    `kept` for one that begins with `!`, `folder` for one that ends in `/`. `glob` is written for `case` of a shell, from the
    folder that the pattern is of: names between `/`, and `**` for any number of folders, or last for all that is below.
    """

    glob: str
    kept: bool
    folder: bool
    regex: Pattern[bytes]

    @property
    def word(self) -> str:
        r"""The rule as templates/code.sh takes it: written like a pattern, from the folder itself, with no escape but of `\`."""
        whole = self.glob if self.glob.startswith("**/") else f"/{self.glob}"
        return f"{'!' * self.kept}{whole}{'/' * self.folder}"


def parse(pattern: str) -> Rule:
    """Read one pattern. Raises ValueError, saying what is wrong, for one that never matches or that a shell cannot say."""
    if "\n" in pattern or "\0" in pattern:
        raise ValueError("holds a line's end")
    if pattern.startswith("#"):
        raise ValueError("is a comment in .gitignore")
    text = _without_trailing_blanks(pattern)
    kept = text.startswith("!")
    text = text[kept:]
    folder = text.endswith("/")
    text = text[: len(text) - folder]
    anywhere = "/" not in text
    names = (text[1:] if text.startswith("/") else text).split("/")
    if "" in names:
        raise ValueError("has nothing between two `/`" if len(names) > 1 else "is empty")
    groups = itertools.count()
    read = [_name(name, groups) for name in names]
    if anywhere:
        one = ("*", "[^/]*") if read[0] is _ANY else read[0]
        read = [_ANY, one]
    glob = "/".join(said for said, _ in read)
    return Rule(glob, kept, folder, re.compile(_regex(read, groups).encode("utf-8", "surrogateescape"), re.DOTALL))


#: `**` between two `/`.
_ANY = ("**", "")


def _without_trailing_blanks(pattern: str) -> str:
    stripped = pattern.rstrip(" ")
    escapes = len(stripped) - len(stripped.rstrip("\\"))
    return stripped + " " if escapes % 2 and len(stripped) < len(pattern) else stripped


def _regex(names: Sequence[Tuple[str, str]], groups: Iterator[int]) -> str:
    parts = [""]
    for number, (glob, regex) in enumerate(names[:-1]):
        if glob != "**":
            parts[-1] += f"{regex}/"
        elif not number or names[number - 1][0] != "**":
            parts.append("")
    last = ".+" if names[-1][0] == "**" else names[-1][1]
    return parts[0] + _wild("(?:[^/]+/)*", parts[1:], groups) + last


def _wild(wildcard: str, parts: Sequence[str], groups: Iterator[int]) -> str:
    """Each part with a wildcard before it. All but the last keep the first place that fits (Python 3.9 has no `(?>...)`): what
    follows may match later all the same, and tried in all places together they would take for ever.
    """
    found = []
    for part in parts[:-1]:
        group = f"g{next(groups)}"
        found.append(f"(?=(?P<{group}>{wildcard}?{part}))(?P={group})")
    return "".join(found) + "".join(f"{wildcard}{part}" for part in parts[-1:])


def _name(name: str, groups: Iterator[int]) -> Tuple[str, str]:
    """One name of a pattern, as a shell writes it and as a regex."""
    if _STARS.fullmatch(name):
        return _ANY
    globs: List[str] = []
    parts = [""]
    at = 0
    while at < len(name):
        glob, regex, at = _piece(name, at)
        globs.append(glob)
        if glob == "*":
            parts.append("")
        else:
            parts[-1] += regex
    return "".join(globs), parts[0] + _wild("[^/]*", parts[1:], groups)


def _piece(name: str, at: int) -> Tuple[str, str, int]:
    """The character or class at a place of a name: for a shell, as a regex, and the next place."""
    character = name[at]
    if character == "*":
        while at < len(name) and name[at] == "*":
            at += 1
        return "*", "[^/]*", at
    if character == "?":
        return "?", "[^/]", at + 1
    if character == "[":
        return _class(name, at)
    if character == "\\":
        at += 1
        if at == len(name):
            raise ValueError("ends in a backslash")
        character = name[at]
    return _LITERALS.get(character, character), re.escape(character), at + 1


#: What a shell would take for a wildcard.
_LITERALS = {"*": "[*]", "?": "[?]", "[": "[[]", "\\": "\\\\"}


def _class(name: str, at: int) -> Tuple[str, str, int]:
    """`[...]`: single characters and ranges of ASCII; what shells read in different ways (`\\`, `[`) is refused in it."""
    start = at + 1
    negated = name[start : start + 1] in ("!", "^")
    start += negated
    end = name.find("]", start + 1)
    if end < 0:
        raise ValueError("has a `[` without its `]`")
    body = name[start:end]
    if "\\" in body or "[" in body or not body.isascii():
        raise ValueError("has something else than characters and ranges of ASCII in `[...]`")
    items = re.findall(r".-.|.", body, re.DOTALL)
    if any(len(item) == 3 and not _is_range(item) for item in items):
        raise ValueError("has a range in `[...]` that is none of letters or digits, or that runs backwards")
    ranges = [item for item in items if len(item) == 3]
    single = [item for item in items if len(item) == 1]
    return _shell_class(negated, ranges, single), _regex_class(negated, ranges, single), end + 1


def _is_range(item: str) -> bool:
    first, last = item[0], item[2]
    return first.isalnum() and last.isalnum() and first <= last


def _shell_class(negated: bool, ranges: Sequence[str], single: Sequence[str]) -> str:
    """`]` first and `-` last, where they stand for themselves; `^` and `!` never first (`-` is there, if nothing else is)."""
    first = "]" if "]" in single else ""
    inner = "".join([*ranges, *(item for item in single if item not in "]-^!")])
    marks = "".join(item for item in "^!" if item in single)
    dash = "-" if "-" in single else ""
    if not (negated or first or inner):
        return f"[{dash}{marks}]"
    return f"[{'!' * negated}{first}{inner}{marks}{dash}]"


def _regex_class(negated: bool, ranges: Sequence[str], single: Sequence[str]) -> str:
    items = [f"{re.escape(item[0])}-{re.escape(item[2])}" for item in ranges] + [re.escape(item) for item in single]
    return f"[{'^/' if negated else ''}{''.join(items)}]"


def remaining(rules: Sequence[Rule], paths: Iterable[str]) -> Iterator[str]:
    """The `paths` of files (`/` between their parts) that no rule leaves out: at each level the last rule that matches counts,
    and in a folder that is left out nothing can be kept.
    """
    folders: Dict[bytes, bool] = {b"": False}
    for path in paths:
        if not _left_out(rules, os.fsencode(path), folders):
            yield path


def _left_out(rules: Sequence[Rule], path: bytes, folders: Dict[bytes, bool]) -> bool:
    parts = path.split(b"/")
    for depth in range(1, len(parts)):
        folder = b"/".join(parts[:depth])
        if folder not in folders:
            folders[folder] = _matched(rules, folder, True)
        if folders[folder]:
            return True
    return _matched(rules, path, False)


def _matched(rules: Sequence[Rule], path: bytes, folder: bool) -> bool:
    for rule in reversed(rules):
        if (folder or not rule.folder) and rule.regex.fullmatch(path):
            return not rule.kept
    return False
