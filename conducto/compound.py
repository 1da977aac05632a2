"""Kinds made of other kinds: lists, and values of one of several types."""

from __future__ import annotations

import os
from typing import Any, Dict, Optional, Sequence

from . import spelling
from .kinds import FLOAT, INT, TEXT, Kind, is_date, same

_NUMBERS: Dict[type, Kind] = {int: INT, float: FLOAT}


class Listed(Kind):
    """A list: its elements' texts joined by commas (see `spelling`)."""

    def __init__(self, inner: Kind) -> None:
        example = inner.example if inner.example.isupper() else f"{inner.example},{inner.example}"
        super().__init__(f"list of {inner.name}", "1,2" if inner.name == "int" else example)
        self.inner = inner

    def exact(self, value: Any) -> bool:
        return type(value) is list and all(map(self.inner.exact, value))

    def write(self, value: Any) -> str:
        if not isinstance(value, (list, tuple)):
            raise ValueError(value)
        return spelling.join([self.inner.write(item) for item in value])

    def read(self, text: str) -> Any:
        return [self.inner.read(part) for part in spelling.split(text)]


class AnyOf(Kind):
    """None or a value of one of several types: the text of the first type that gives the value back, else a literal.

    With no types, of any: a text, or a literal of None, bool, int, float, str or a list of these. `assumes_text` is of a
    parameter that says nothing of its type: see `as_text`.
    """

    def __init__(self, members: Sequence[Kind], none: bool, assumes_text: bool = False) -> None:
        names = [member.name for member in members] or ["str" if assumes_text else "any"]
        super().__init__(" or ".join([*names, *(["None"] if none and members else [])]))
        self.example = members[0].example if members else "TEXT"
        self.members = members
        self.none = none
        self.assumes_text = assumes_text
        #: str takes every text, so the others are asked before it.
        self.asked = sorted(members, key=lambda member: type(member) is Kind)
        flags = [member.flag for member in members] or ["also"]
        self.flag = "only" if set(flags) == {"only"} else "never" if set(flags) == {"never"} else "also"

    def exact(self, value: Any) -> bool:
        return False

    def write(self, value: Any) -> str:
        if value is None and self.none:
            return "None"
        told = self.as_text(value)
        value = value if told is None else told
        for text in (*self._plain(value), *self._literals(value)):
            if self._gives(text, value):
                return text
        raise ValueError(value)

    def as_text(self, value: Any) -> Optional[str]:
        """The text by which a number, a path or a date reaches a parameter that says nothing of its type; None for others."""
        if not self.assumes_text:
            return None
        if type(value) in _NUMBERS:
            return _NUMBERS[type(value)].write(value)
        if isinstance(value, os.PathLike):
            path = os.fspath(value)
            return path if isinstance(path, str) else None
        return str(value) if is_date(type(value)) else None

    def _gives(self, text: str, value: Any) -> bool:
        try:
            return same(self.read(text), value)
        except ValueError:
            return False

    def _plain(self, value: Any) -> Sequence[str]:
        """The texts that members write for `value`."""
        found = []
        for member in self.members or [TEXT]:
            try:
                text = member.write(value) if member.exact(value) or type(member) is not Kind else None
                if text is not None and same(member.read(text), value):
                    found.append(text)
            except (ValueError, TypeError, OverflowError):
                continue
        return found

    def _literals(self, value: Any) -> Sequence[str]:
        """`value` as a literal, and the text of a member as one."""
        found = [spelling.literal(text) for text in self._plain(value)]
        try:
            return [spelling.literal(value), *found]
        except ValueError:
            return found

    def read(self, text: str) -> Any:
        if text == "None" and self.none:
            return None
        is_literal, value = spelling.read_literal(text)
        if is_literal and self._takes(value):
            return value
        if is_literal and isinstance(value, str) and self.members:
            return self._first(value)
        return self._first(text)

    def _takes(self, value: Any) -> bool:
        if not self.members:
            return _is_data(value)
        return any(member.exact(value) for member in self.members)

    def _first(self, text: str) -> Any:
        for member in self.asked or [TEXT]:
            try:
                return member.read(text)
            except ValueError:
                continue
        raise ValueError(text)


def _is_data(value: Any) -> bool:
    """Whether `value` is what a literal of any type may be: no dict in it."""
    return all(map(_is_data, value)) if isinstance(value, list) else not isinstance(value, dict)
