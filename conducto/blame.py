"""Errors of building, at the line of the user's that made them."""

from __future__ import annotations

from typing import Optional, Tuple

from . import source, text
from .diagnostics import ConductoError, ConductoTypeError, ConductoValueError, Diagnostic

_MOST_SHOWN = 60


def said(value: object) -> str:
    """A value as Python writes it, on one short line; its type's name where it cannot be written."""
    try:
        written = text.shown(repr(value))
    except Exception:  # a user's __repr__, or an int of more digits than Python writes
        return f"of type {type(value).__name__}"
    return written if len(written) <= _MOST_SHOWN else written[:_MOST_SHOWN] + "..."


def exact(value: str) -> str:
    """A str without its subclass: format() of a `class Level(str, Enum)` gives another text than the str that it is."""
    return str.__str__(value)


def blame(
    error: type[ConductoError],
    code: str,
    message: str,
    pick: Optional[source.Pick] = None,
    help: Optional[str] = None,
    node: Optional[str] = None,
    notes: Tuple[str, ...] = (),
) -> ConductoError:
    """An error of building at the user's line, its caret on what `pick` names there."""
    location = source.user_site().location(pick)
    return error(Diagnostic(code, message, node=node, location=location, notes=notes, help=help))


def wrong_type(name: str, value: object, wanted: str, pick: Optional[source.Pick] = None) -> ConductoError:
    """C110 for a value of a type that attribute `name` does not take."""
    message = f"`{name}` is {said(value)}, and must be {wanted}"
    help = f"write `{name}=` with {wanted}, or leave it out"
    return blame(ConductoTypeError, "C110", message, pick or source.argument(name), help=help)


def out_of_range(name: str, value: object, wanted: str, pick: Optional[source.Pick] = None) -> ConductoError:
    """C110 for a value of the right type that attribute `name` does not take."""
    message = f"`{name}` is {said(value)}, and must be {wanted}"
    help = f"write `{name}=` with {wanted}"
    return blame(ConductoValueError, "C110", message, pick or source.argument(name), help=help)


def carried(what: str, value: str, pick: Optional[source.Pick]) -> None:
    """Raise C115 where a text cannot be carried to every target; `what` is how people call it."""
    complaint = text.complaint(value)
    if complaint:
        help = "put it into a file of the copied code" if "bytes" in complaint else "write it in another way"
        raise blame(ConductoValueError, "C115", f"{what} {complaint}", pick, help=help)
