"""Plain data that a user gives and we carry unread: copied, so that nobody can change it afterwards."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any, Tuple

from . import local_paths, source, text
from .blame import blame, exact, said
from .diagnostics import ConductoError, ConductoTypeError, ConductoValueError

#: Deeper than any object of any target, and shallow enough to be walked by recursion. What holds itself is deeper.
_MOST_LEVELS = 40
_WANTED = "texts, numbers, True, False, None, lists and dicts with text keys"

Steps = Tuple[object, ...]


def copied(name: str, value: Any, steps: Steps = ()) -> Any:
    """`value` as plain dicts, lists, texts, ints, floats, bools and None; `steps` lead to it in what attribute `name` is given.

    Raises ConductoTypeError or ConductoValueError (C120) for anything else in it.
    """
    if len(steps) > _MOST_LEVELS:
        complaint = f"is nested more than {_MOST_LEVELS} levels deep"
        raise _refuse(ConductoValueError, name, steps[:1], complaint, "nest less")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(name, value, steps)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _refuse(ConductoValueError, name, steps, f"is {said(value)}, which JSON cannot say", "write a number")
        return float(value)
    if isinstance(value, list):
        return [copied(name, item, (*steps, number)) for number, item in enumerate(value)]
    if isinstance(value, dict):
        return {_key(name, key, steps): copied(name, item, (*steps, key)) for key, item in value.items()}
    help = "write a list" if isinstance(value, (tuple, set, frozenset)) else f"write {_WANTED}"
    raise _refuse(ConductoTypeError, name, steps, f"is {said(value)}, and must be plain data", help)


def _text(name: str, value: str, steps: Steps) -> str:
    complaint = text.complaint(value)
    if complaint:
        raise _refuse(ConductoValueError, name, steps, complaint, "write it in another way")
    local_paths.refuse(f"`{_shown(name, steps)}`", value, source.within(name, steps))
    return exact(value)


def _key(name: str, key: Any, steps: Steps) -> str:
    complaint = text.complaint(key) if isinstance(key, str) else "is no text"
    if complaint:
        error = ConductoValueError if isinstance(key, str) else ConductoTypeError
        help = "write it in another way" if isinstance(key, str) else "write it in quotes"
        message = f"the key {said(key)} in `{_shown(name, steps)}` {complaint}"
        raise blame(error, "C120", message, source.within(name, (*steps, key), True), help=help)
    return exact(key)


def _refuse(error: type[ConductoError], name: str, steps: Steps, complaint: str, help: str) -> ConductoError:
    return blame(error, "C120", f"`{_shown(name, steps)}` {complaint}", source.within(name, steps), help=help)


def _shown(name: str, steps: Steps) -> str:
    """`options["argo"]["x"]`, cut where it is long."""
    written = name + "".join(f"[{said(step)}]" for step in steps)
    return written if len(written) <= 100 else written[:100] + "..."


def frozen(value: Any) -> Any:
    """Plain data as nobody can change it: dicts as views that cannot be written to, lists as tuples."""
    if isinstance(value, dict):
        return MappingProxyType({key: frozen(item) for key, item in value.items()})
    if isinstance(value, list):
        return tuple(frozen(item) for item in value)
    return value
