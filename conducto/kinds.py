"""What a parameter may be given: for each type how a value is written as text, and how it is read from it."""

from __future__ import annotations

import re
import sys
from typing import Any, Callable, Dict, FrozenSet, Sequence

_TRUE = frozenset(["1", "t", "true", "y", "yes", "on"])
_FALSE = frozenset(["0", "f", "false", "n", "no", "off"])
_BYTES = re.compile(rb"\\(?:x([0-9a-f]{2})|(\\))")
#: What a text of bytes would hold that no target can carry, in UTF-8: NUL, U+FFFE, U+FFFF.
_UNCARRIED = re.compile(b"\0|\xef\xbf[\xbe\xbf]")


class Kind:
    """What values of one type are as text. This one: a text is itself.

    `name` and `example` are for people. `flag` tells whether True and False stand as `--x` and `--no-x`: "never", "only"
    (no value follows), or "also".
    """

    flag = "never"

    def __init__(self, name: str = "str", example: str = "TEXT", exact: FrozenSet[type] = frozenset([str])) -> None:
        self.name = name
        self.example = example
        #: The types whose values surely come back from what is written, so that nobody need look.
        self.sure = exact

    def exact(self, value: Any) -> bool:
        """Whether `value` surely comes back: told by its type alone."""
        return type(value) in self.sure

    def write(self, value: Any) -> str:
        """`value` as text. Raises ValueError where it is none of this type."""
        return str(value)

    def read(self, text: str) -> Any:
        """What `text` stands for. Raises ValueError where it stands for nothing of this type."""
        return text


class Bool(Kind):
    """True or False: `--x`, `--no-x`; inside a list a word."""

    flag = "only"

    def __init__(self) -> None:
        super().__init__("bool", "true", frozenset([bool]))

    def read(self, text: str) -> bool:
        word = text.lower()
        if word not in _TRUE and word not in _FALSE:
            raise ValueError(text)
        return word in _TRUE


class Int(Kind):
    """A whole number in decimal digits; in hexadecimal ones where Python writes no more decimal ones."""

    def __init__(self) -> None:
        super().__init__("int", "1", frozenset([int]))

    def write(self, value: Any) -> str:
        try:
            return str(value)
        except ValueError:  # sys.get_int_max_str_digits
            return hex(value)

    def read(self, text: str) -> int:
        return int(text, 16) if text.lstrip("+-")[:2] in ("0x", "0X") else int(text)


class Float(Kind):
    """A number as Python writes it: 0.1, 1e-300, inf, nan."""

    def __init__(self) -> None:
        super().__init__("float", "1.5", frozenset([float]))

    def write(self, value: Any) -> str:
        return repr(value)

    def read(self, text: str) -> float:
        return float(text)


class Bytes(Kind):
    r"""Bytes as the text that they are in UTF-8, `\xff` for what is none, `\\` for a backslash."""

    def __init__(self) -> None:
        super().__init__("bytes", "TEXT", frozenset([bytes]))

    def write(self, value: Any) -> str:
        if not isinstance(value, bytes):
            raise ValueError(value)
        escaped = value.replace(b"\\", b"\\\\")
        escaped = _UNCARRIED.sub(lambda found: b"".join(b"\\x%02x" % byte for byte in found.group()), escaped)
        return escaped.decode("utf-8", "backslashreplace")

    def read(self, text: str) -> bytes:
        return _BYTES.sub(lambda found: found[2] or bytes([int(found[1], 16)]), text.encode())


class Made(Kind):
    """Of a class: `make` makes a value of a text, `tell` tells a value's text."""

    def __init__(
        self, cls: type, make: Callable[[str], Any], tell: Callable[[Any], str] = str, example: str = "TEXT"
    ) -> None:
        super().__init__(cls.__name__, example, frozenset())
        self.cls = cls
        self.make = make
        self.tell = tell

    def write(self, value: Any) -> str:
        if not isinstance(value, self.cls):
            raise ValueError(value)
        return self.tell(value)

    def read(self, text: str) -> Any:
        try:
            return self.make(text)
        except Exception as error:  # of the user's class, or decimal.InvalidOperation
            raise ValueError(text) from error


class Choice(Kind):
    """One of some values, each by its words: an Enum's member by `Name.MEMBER`, a Literal's value by its text."""

    def __init__(self, name: str, words: Dict[str, Any], shown: Sequence[str]) -> None:
        super().__init__(name, shown[0] if shown else "TEXT", frozenset())
        self.words = words
        self.shown = shown

    def write(self, value: Any) -> str:
        for word in self.shown:
            if same(self.words[word], value):
                return word
        raise ValueError(value)

    def read(self, text: str) -> Any:
        if text not in self.words:
            raise ValueError(text)
        return self.words[text]


class Unwritten(Kind):
    """A type that has no text: a dict, a set, a tuple, a class that cannot be made of a text."""

    def __init__(self, name: str) -> None:
        super().__init__(name, exact=frozenset())

    def write(self, value: Any) -> str:
        raise ValueError(value)

    def read(self, text: str) -> Any:
        raise ValueError(text)


def is_date(cls: type, what: str = "date") -> bool:
    """Whether a class is `datetime.date` (or of that module what is named) or one of its kinds. Where nobody has loaded the
    module none is, and loading it would take a third of what Python takes to start.
    """
    module = sys.modules.get("datetime")
    return module is not None and issubclass(cls, getattr(module, what))


def same(one: Any, other: Any) -> bool:
    """Whether two values are one for a function: equal, and of the same types all through. nan is nan, and -0.0 is not 0.0."""
    if type(one) is not type(other):
        return False
    if type(one) is list:
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) or is_date(type(one)):  # of a date, equality forgets the time zone's name and rules
        return repr(one) == repr(other)
    try:
        if type(one).__eq__ is object.__eq__ and hasattr(one, "to_str"):  # type: ignore[comparison-overlap]
            return bool(one.to_str() == other.to_str())
        return bool(one == other)
    except Exception:  # of the user's class
        return False


#: The kinds of which one is enough.
TEXT = Kind()
BOOL = Bool()
INT = Int()
FLOAT = Float()
BYTES = Bytes()
