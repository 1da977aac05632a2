"""Which part of the command line a diagnostic is about, where nothing of the user's file is."""

from __future__ import annotations

from itertools import chain
from typing import Iterable, Iterator, List, Sequence, Tuple

from .diagnostics import Diagnostic, Location
from .text import shell_word

#: Options with values, each by its long and its short name.
_OPTIONS = (("--target", "-t"), ("--output", "-o"), ("--format", "--format"))


def word(text: str, part: str = "") -> Location:
    """A word of the command line, or a part of it; where the word stands is found later, by `placed`."""
    start = text.rfind(part) if part else 0
    return Location(None, 1, start, start + len(part or text), text)


def placed(diagnostic: Diagnostic, words: Sequence[str]) -> Diagnostic:
    """`diagnostic` at its place in the command line `words`, if it has none in a file."""
    place = diagnostic.location
    if place is not None and place.file is not None:
        return diagnostic
    if place is not None:
        taken = {number for number, value in _values(words) if value == place.text}
        number = max((n for n, given in enumerate(words) if given == place.text and n not in taken), default=-1)
        part = place.text[place.column : place.end_column]
        if number < 0:
            return diagnostic
    else:
        number, part = _about(diagnostic.code, words)
    drawn = [shell_word(given) for given in words]
    text = " ".join(drawn)
    start, end = 0, len(text)
    if number >= 0:
        inside = drawn[number].rfind(part) if part else -1
        start = len("".join(f"{given} " for given in drawn[:number])) + max(inside, 0)
        end = start + len(part if inside >= 0 else drawn[number])
    return diagnostic._replace(location=Location(None, 1, start, end, text))


def _about(code: str, words: Sequence[str]) -> Tuple[int, str]:
    """The number of the word that a diagnostic of `code` is about, and the part of it; "" for all of the command line."""
    found: Iterable[Tuple[int, str]] = ()
    if code == "C401":
        from . import targets

        every = ((number, part) for number, value in values(words, "--target", "-t") for part in value.split(","))
        found = ((number, part) for number, part in every if part.strip() not in targets.names())
    elif code in ("C410", "C415", "C418"):
        # Without one, the output has its name from FILE.
        found = chain(values(words, "--output", "-o"), _files(words))
    elif code in ("C402", "C405", "C412"):
        found = _files(words)
    return next(iter(found), (-1, ""))


def _files(words: Sequence[str]) -> List[Tuple[int, str]]:
    """The words that may be FILE, the likeliest kind of them alone."""
    taken, first = {number for number, _ in _values(words)}, 2 if list(words[1:2]) in (["compile"], ["run"]) else 1
    plain = [(n, given) for n, given in enumerate(words) if n >= first and n not in taken and given[:1] != "-"]
    ending = [(number, given) for number, given in plain if given.endswith(".py")]
    return ending or [(number, given) for number, given in plain if "/" in given] or plain


def _values(words: Sequence[str]) -> Iterator[Tuple[int, str]]:
    """The values of all options that have one."""
    return (found for names in _OPTIONS for found in values(words, *names))


def values(words: Sequence[str], long: str, short: str) -> Iterator[Tuple[int, str]]:
    """The values of an option, each with the number of the word that holds it."""
    for number, given in enumerate(words):
        if number and words[number - 1] in (long, short):
            yield number, given
        elif given.startswith((f"{long}=", short)) and given != short:
            yield number, given.partition("=")[2] if given.startswith("--") else given[len(short) :]


def wants_json(words: Sequence[str]) -> bool:
    """Whether diagnostics shall be JSON, however far the reading of the command line came."""
    return any(value == "json" for _, value in values(words, "--format", "--format"))
