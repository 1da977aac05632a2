"""Arbitrary command texts, node names and env values, the same ones for the same seed.

Each text has its own generator, so that the first 50 of 500 are the 50. Left out is what is refused at construction:
NUL, lone surrogates, U+FFFE, U+FFFF, more than 100,000 bytes.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache

from .fragments import FRAGMENTS, order

LIMIT = 100_000  # bytes of UTF-8
NAME_LIMIT = 500  # characters
# Index modulo 100 -> bytes. 21,000 is GitHub's limit of an expression, 65,536 a pipe's buffer.
SIZES = {42: LIMIT, 43: LIMIT - 1, 60: 20_999, 65: 21_001, 84: 65_536, 87: 4_096}
EMPTY_AT = 11  # index modulo 100
EMPTY = ("", "\n", " \t ", "\n  \n\t\n", " ")
WORDS = ("", "", "a", "echo", "x y", " b", "c ", "1", "e=f", "foo-bar", "'q'", "-x")
MARGINS = ("", "", "", "    ", "\t", "  \t ", " ")
ALPHABETS: tuple[Callable[[random.Random], str], ...] = (
    lambda r: chr(r.randint(0x20, 0x7E)),
    lambda r: r.choice(" \t\n\\"),
    lambda r: r.choice("$(){}[]<>'\"`\\;&|#%:-*!~=?,@^+./ \n"),
    lambda r: r.choice("0123456789eEoxX._-+"),
    lambda r: r.choice("{}$( x="),
    lambda r: chr(r.randint(0x01, 0x1F)),
    lambda r: chr(r.randint(0x7F, 0xFF)),
    lambda r: chr(r.choice((r.randint(0x100, 0xD7FF), r.randint(0xE000, 0xFFFD)))),
    lambda r: r.choice("\u0590\u05d0\u0627\u0644\u200e\u200f\u202a\u202e\u2066\u2069 a"),
    lambda r: r.choice("\u0085\u2028\u2029\ufeff\u00a0\u200b\u2003\u3000\x0b\x0c\x1c\x1d\x1e\x1f "),
    lambda r: chr(r.randint(0x1F300, 0x1FAFF)),
    lambda r: chr(r.randint(0x10000, 0x10FFFF)),
)


def allowed(text: str) -> bool:
    """Whether a command or env value of this text can be made at all (semantics, "Text")."""
    if any(c in "\0\ufffe\uffff" or "\ud800" <= c <= "\udfff" for c in text):
        return False
    return len(text.encode()) <= LIMIT


def commands(count: int = 500, seed: int = 1) -> list[str]:
    """Texts for commands: those at even indices are built from fragments, the others of random characters."""
    return [_text(index, random.Random(f"command {seed} {index}"), seed) for index in range(count)]


def env_values(count: int = 100, seed: int = 1) -> list[str]:
    """Texts for env values, made as commands are (what surrounds a value is never stripped)."""
    return [_text(index, random.Random(f"env {seed} {index}"), seed) for index in range(count)]


def names(count: int = 100, seed: int = 1) -> list[str]:
    """Distinct node names: at least one character, no `/`, up to 500 characters; the nasty known ones first."""
    found = dict.fromkeys(KNOWN_NAMES[:count])
    index = 0
    while len(found) < count:
        rng = random.Random(f"name {seed} {index}")
        text = _text(index, rng, seed).replace("/", "")[: rng.choice((20, 60, NAME_LIMIT))]
        found.update({text: None} if text else {})
        index += 1
    return list(found)


def extremes() -> list[str]:
    """Texts of 100,000 bytes (or one or two fewer) of one fragment each: the worst that each escaping can grow to."""
    return [(piece * (LIMIT // len(piece.encode()))).rstrip("\n") for piece in GROWING]


GROWING = (
    "$",
    "'",
    '"',
    "\\",
    "{",
    "${{",
    "{{x}}",
    "#",
    "x\n",
    "\\\n",
    "\x01",
    "\x7f",
    "\u0085",
    "\u2028",
    "é",
    "\U0010ffff",
)
KNOWN_NAMES = (
    ".",
    "..",
    "a",
    "A",
    "é",
    "e\u0301",
    "a b",
    "a_b",
    "a-b",
    "a.b",
    "a\nb",
    " ",
    " a",
    "a ",
    "-",
    "-x",
    "--help",
    "#1",
    "%",
    "$",
    "$(X)",
    "$$",
    "{{x}}",
    "${{ x }}",
    "all",
    "run",
    "help",
    "clean",
    ".PHONY",
    "CON",
    "n",
    "null",
    "1e3",
    "'",
    '"',
    "\\",
    "a\\",
    "*",
    "~",
    "a:b",
    "a=b",
    "a;b",
    "a|b",
    "a,b",
    "::error::x",
    "\x01",
    "\x7f",
    "\u0085",
    "\u2028",
    "\ufeff",
    "\u202ea",
    "İ",
    "i",
    "ﬁ",
    "fi",
    "\n",
    "x" * 500,
    "x" * 499 + "y",
    "é" * 500,
    "X" * 500,
    "😀" * 500,
    "main",
    "steps",
    "__a",
    "a" * 100,
    "a" * 101,
)


def _text(index: int, rng: random.Random, seed: int) -> str:
    """The text of an index."""
    place = index % 100
    if place == EMPTY_AT:
        return EMPTY[index // 100 % len(EMPTY)]
    make = _fragments if index % 2 == 0 else _characters
    head, fill, tail = make(index // 2, rng, seed)
    if place in SIZES:  # nothing to strip, so that what arrives is of this size
        head, tail = head.lstrip(" \t\n") or "x", tail.rstrip(" \t\n") or "x"
        room = SIZES[place] - len((head + tail).encode())
        return head + _filled(fill, room) + tail
    return head + tail


def _filled(piece: Callable[[], str], size: int) -> str:
    """Pieces and then some x, together of a number of bytes."""
    found: list[str] = []
    while (more := piece()) and len(more.encode()) <= size:
        found.append(more)
        size -= len(more.encode())
    return "".join(found) + "x" * size


Parts = tuple[str, Callable[[], str], str]  # head, what fills between them, tail


def _characters(index: int, rng: random.Random, seed: int) -> Parts:
    """Random characters of one to three alphabets, 1 to some 400, most often few."""
    alphabets = rng.sample(ALPHABETS, rng.randint(1, 3))

    def character() -> str:
        return rng.choice(alphabets)(rng)

    length = int(400 ** rng.random())
    return "".join(character() for _ in range(length)), character, character()


def _fragments(index: int, rng: random.Random, seed: int) -> Parts:
    """Lines with fragments at their starts and ends; each fourth text is one fragment and nothing else."""
    if index % 4 == 3:
        return _slot("whole", index // 4, seed), str, ""
    nth = index - (index + 1) // 4  # so that no slot is passed over by the whole ones
    margin = "" if 2 * index % 100 in SIZES else rng.choice(MARGINS)

    def word() -> str:
        return rng.choice(WORDS)

    starts = [_slot("line start", 2 * nth + k, seed) + word() for k in (0, 1)]
    ends = [word() + _slot("line end", 2 * nth + k, seed) for k in (0, 1)]
    lines = [*starts, *ends, _slot("alone", nth, seed)]
    rng.shuffle(lines)
    first = _slot("start", nth, seed) + word()
    if margin and rng.random() < 0.5:
        first = "\n" + margin + first
    last = word() + _slot("end", nth, seed)
    last += rng.choice(("", "", "", "\n", "\n" + margin[:-1], " ", "\n\n \t"))
    head = "".join(f"\n{margin}{line}" for line in lines[:3])
    tail = "".join(f"\n{margin}{line}" for line in (*lines[3:], last))
    return first + head, lambda: _line(rng, margin), tail


def _line(rng: random.Random, margin: str) -> str:
    """A further line of a long text: words and one or two fragments."""
    words = " ".join(rng.choice(WORDS) for _ in range(rng.randint(2, 12)))
    return f"\n{margin}{words}{rng.choice(FRAGMENTS)} {words[:20]}{rng.choice(('', rng.choice(FRAGMENTS)))}"


def _slot(place: str, number: int, seed: int) -> str:
    """The fragment at the nth place of its kind: all in their order once, then again and again shuffled."""
    size = len(order(place))
    return _pass(place, number // size, seed)[number % size]


@lru_cache(maxsize=64)
def _pass(place: str, turn: int, seed: int) -> tuple[str, ...]:
    """The order of the fragments at a place in one pass over them."""
    fragments = list(order(place))
    if turn:
        random.Random(f"pass {place} {turn} {seed}").shuffle(fragments)
    return tuple(fragments)
