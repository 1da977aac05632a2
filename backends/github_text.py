"""User text in a workflow file: nothing of it may be an expression, and job ids are made of paths."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import Dict, Iterable, List, Mapping, Tuple

from conducto.naming import Rule, mangle
from conducto.text import shell_word, shown

#: What begins an expression in any string of a workflow file, whatever the string is for.
EXPRESSION = "${{"

#: A job id; GitHub takes 99 characters, none with `__` first, and adds up all ids in `needs` against a limit of its own.
_JOB = Rule("[A-Za-z0-9_-]", "(?:[A-Za-z]|_(?!_))", "[A-Za-z0-9_]", 63)
_SIMPLE = re.compile("[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*")

_LABEL_LENGTH = 100
#: A piece of a quoted text stays below the 128 KiB that the kernel allows an env entry: a quote in it takes four bytes.
_PIECE_LENGTH = 30_000


def inert(text: str, gap: str) -> str:
    """`text` with `gap` in every `${{`, so that GitHub sees no expression in it."""
    return text.replace(EXPRESSION, f"${gap}{{{{")


def label(text: str, most: int = _LABEL_LENGTH) -> str:
    """`text` for people, on one line: a job's or workflow's name. Not reversible; of a long one the tail."""
    line = inert(shown(text), " ")
    return line if len(line) <= most else "..." + line[3 - most :]


def labels(titles: Mapping[str, str]) -> Dict[str, str]:
    """Path -> a job's name, by path -> title: the title's label, with a hash where another's has the same letters and digits.

    Checks are told apart by the names of their jobs; act names the container of a job by the letters and digits of it.
    """
    found = {path: label(title) for path, title in titles.items()}
    count = Counter(map(_letters, found.values()))
    return {path: line if count[_letters(line)] == 1 else _marked(path, titles[path]) for path, line in found.items()}


def _letters(line: str) -> str:
    return re.sub("[^A-Za-z0-9]+", "-", line).strip("-")


def _marked(path: str, title: str) -> str:
    mark = f" ({hashlib.sha256(path.encode(errors='surrogatepass')).hexdigest()[:8]})"
    return label(title, _LABEL_LENGTH - len(mark)) + mark


def assignments(name: str, value: str) -> List[str]:
    """Words of a shell that put `value` into variable `name`, one after another; none holds an expression."""
    pieces = [value[at : at + _PIECE_LENGTH] for at in range(0, len(value), _PIECE_LENGTH)] or [""]
    words = [inert(shell_word(piece), "''") for piece in pieces]
    return [f"{name}{'+=' if number else '='}{word}" for number, word in enumerate(words)]


def carried(values: Iterable[Tuple[str, str]]) -> Dict[str, str]:
    """An `env` that carries every (name, value) exactly.

    What GitHub would act on (an expression; a name that differs from another by case alone, which it takes for the same)
    stands as an assignment in CONDUCTO_SET_1, CONDUCTO_SET_2 ..., to be evaluated in the order of their names.
    """
    plain: Dict[str, str] = {}
    taken = set()
    words: List[str] = []
    for name, value in values:
        if EXPRESSION in value or name.upper() in taken:
            words.extend(assignments(name, value))
        else:
            plain[name] = value
            taken.add(name.upper())
    width = len(str(len(words)))
    return {**plain, **{f"CONDUCTO_SET_{number:0{width}}": word for number, word in enumerate(words, 1)}}


def job_ids(paths: Iterable[str]) -> Dict[str, str]:
    """Path -> job id: unique whatever the case, readable for simple names, changed by no edit elsewhere but by a path that
    differs by case alone.
    """
    ids = {path: _job_id(path) for path in paths}
    count = Counter(found.lower() for found in ids.values())
    return {path: found if count[found.lower()] == 1 else mangle(path, _JOB) for path, found in ids.items()}


def _job_id(path: str) -> str:
    """`/Test/app` -> `Test--app`; a path with other than simple names gets a hash (its `/` alone brings that about)."""
    if path == "/":
        return "pipeline"
    names = path[1:].split("/")
    if not all(_SIMPLE.fullmatch(name) for name in names):
        return mangle(path, _JOB)
    joined = "--".join(names)
    return mangle(f"_{joined}" if joined[0].isdigit() else joined, _JOB)
