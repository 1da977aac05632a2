"""Path -> name under a rule given as data: stable under edits elsewhere, injective, and keeping the tail."""

from __future__ import annotations

import functools
import hashlib
import re
from typing import FrozenSet, NamedTuple


class Rule(NamedTuple):
    """What a target takes for a name: a regex for one allowed character, for the first and the last, and the most characters.

    `-` must be allowed inside. `lower` says that upper case is not to be had, or does not tell two names apart. `reserved` are
    names that are another's.
    """

    allowed: str
    first: str
    last: str
    most: int
    lower: bool = False
    reserved: FrozenSet[str] = frozenset()


#: A Kubernetes object's name (RFC 1123 label).
KUBERNETES = Rule("[a-z0-9-]", "[a-z0-9]", "[a-z0-9]", 63, lower=True)
#: A file name that every file system takes, upper and lower case told apart by none.
FILE = Rule("[A-Za-z0-9_.+-]", "[A-Za-z0-9_]", "[A-Za-z0-9_]", 100, lower=True)

_HASH = 8


def mangle(text: str, rule: Rule) -> str:
    """`text` where the rule takes it as it is, else its legal characters (the tail of them) with a hash of all of it.

    Injective but for collisions of 32 bits among names that look alike; a name that was changed always carries its hash.
    """
    if (
        _wanted(rule).fullmatch(text)
        and len(text) <= rule.most
        and not (rule.lower and text != text.lower())
        and text not in rule.reserved
        and not _hashed(text)
    ):
        return text
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_HASH]
    kept = re.sub(f"(?!{rule.allowed}).", "-", text.lower() if rule.lower else text, flags=re.DOTALL)
    kept = re.sub("-{2,}", "-", kept)[-(rule.most - _HASH - 1) :].strip("-.")
    while kept and not re.match(rule.first, kept):
        kept = kept[1:]
    return f"{kept}-{digest}" if kept else f"n{digest}"


@functools.lru_cache(maxsize=None)
def _wanted(rule: Rule) -> "re.Pattern[str]":
    return re.compile(f"(?:{rule.first})(?:(?:{rule.allowed})*(?:{rule.last}))?")


_CHANGED = re.compile(f"(^n|-)[0-9a-f]{{{_HASH}}}$")


def _hashed(text: str) -> bool:
    """Whether `text` looks like a name that was changed, so that it must be changed too, lest the two meet."""
    return _CHANGED.search(text) is not None
