"""Which release this is, and whether a `requires` of pyproject.toml takes it."""

from __future__ import annotations

import re

from .version import VERSION

#: One clause of a version specifier (PEP 440), its version plain numbers; no operator is `==`.
_CLAUSE = re.compile(r"(?P<sign>==|!=|<=|>=|~=|<|>|)\s*(?P<numbers>\d+(\.\d+)*)(?P<all>\.\*)?")
#: A release: its numbers, then what makes it come before them (an alpha, a development version) or after (a post-release).
_RELEASE = re.compile(r"(?P<numbers>\d+(\.\d+)*)(?P<early>(a|b|rc)\d+)?(?P<post>\.post\d+)?(?P<dev>\.dev\d+)?(\+.*)?")


def version() -> str:
    """The release that runs."""
    return VERSION


def takes(requirement: str, release: str) -> bool:
    """Whether `requirement`, clauses with commas between them, takes `release`. Raises ValueError where one is none."""
    found = [_CLAUSE.fullmatch(clause.strip()) for clause in requirement.split(",")]
    clauses = [clause for clause in found if clause is not None]
    if len(clauses) < len(found) or not all(map(_sensible, clauses)):
        raise ValueError(f"`{requirement}` is no version specifier")
    return all(_takes(clause, release) for clause in clauses)


def _sensible(clause: re.Match[str]) -> bool:
    """`.*` is for equality, and `~=1` would say nothing."""
    if clause["all"]:
        return clause["sign"] in ("", "==", "!=")
    return clause["sign"] != "~=" or "." in clause["numbers"]


def _takes(clause: re.Match[str], release: str) -> bool:
    this = _RELEASE.fullmatch(release)
    if this is None:
        raise ValueError(f"`{release}` is no release")
    have, wanted = _numbers(this["numbers"]), _numbers(clause["numbers"])
    have += [0] * (len(wanted) - len(have))
    wanted += [0] * (len(have) - len(wanted))
    named = clause["numbers"].count(".") + 1
    rank = -1 if this["early"] else 1 if this["post"] else -1 if this["dev"] else 0
    if clause["all"]:
        return (have[:named] == wanted[:named]) is (clause["sign"] != "!=")
    return {
        "<": have < wanted,
        ">": have > wanted,
        "<=": (have, rank) <= (wanted, 0),
        ">=": (have, rank) >= (wanted, 0),
        "~=": (have, rank) >= (wanted, 0) and have[: named - 1] == wanted[: named - 1],
        "!=": (have, rank) != (wanted, 0),
    }.get(clause["sign"], (have, rank) == (wanted, 0))


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(".")]
