"""The attributes that a node may be given, and what is checked the moment one is set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, NamedTuple, Optional, Tuple

from . import source, text
from .diagnostics import (
    ConductoAttributeError,
    ConductoError,
    ConductoTypeError,
    ConductoValueError,
    Diagnostic,
    did_you_mean,
)

if TYPE_CHECKING:
    from .nodes import Node

#: Above any machine, and far below where a float or a target's integers end.
_MOST = 1_000_000
_MOST_SHOWN = 60
_ENV_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")


class Attribute(NamedTuple):
    """One attribute: its value where it is not set, who has it ("node" or "serial"), and what checks (and copies) a value."""

    default: Any
    on: str
    check: Callable[[str, Any], Any]


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


def _wrong_type(name: str, value: object, wanted: str) -> ConductoError:
    return blame(
        ConductoTypeError,
        "C110",
        f"`{name}` is {said(value)}, and must be {wanted}",
        source.argument(name),
        help=f"write `{name}=` with {wanted}, or leave it out",
    )


def _out_of_range(name: str, value: object, wanted: str) -> ConductoError:
    message = f"`{name}` is {said(value)}, and must be {wanted}"
    return blame(ConductoValueError, "C110", message, source.argument(name), help=f"write `{name}=` with {wanted}")


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong_type(name, value, "True or False")
    return value


def _amount(name: str, value: Any) -> Any:
    wanted = "a number greater than 0"
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _wrong_type(name, value, wanted)
    if not value > 0:
        raise _out_of_range(name, value, wanted)
    if value > _MOST:
        raise _out_of_range(name, value, f"at most {_MOST:,}")
    return float(value) if isinstance(value, float) else int(value)


def _count(name: str, value: Any) -> Optional[int]:
    wanted = f"a whole number from 0 to {_MOST:,}"
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(name, value, wanted)
    if not 0 <= value <= _MOST:
        raise _out_of_range(name, value, wanted)
    return int(value)


def _image(name: str, value: Any) -> Optional[str]:
    wanted = 'the name of an image, such as "python:3.13-slim"'
    if value is None:
        return None
    if not isinstance(value, str):
        raise _wrong_type(name, value, wanted)
    if not value or value.startswith("-") or re.search(r"[^\x21-\x7e]", value):
        raise _out_of_range(name, value, wanted)
    return exact(value)


def _doc(name: str, value: Any) -> Optional[str]:
    if value is None:
        return None
    if not isinstance(value, str):
        raise _wrong_type(name, value, "a text")
    _carried(f"`{name}`", value, source.argument(name))
    return exact(value)


def _carried(what: str, value: str, pick: Optional[source.Pick]) -> None:
    complaint = text.complaint(value)
    if complaint:
        help = "put it into a file of the copied code" if "bytes" in complaint else "write it in another way"
        raise blame(ConductoValueError, "C115", f"{what} {complaint}", pick, help=help)


def command(value: Any) -> str:
    """The script of an Exec: `value` checked and dedented (docs/semantics.md, "The command")."""
    pick = source.argument("command", 0)
    if not isinstance(value, str):
        message = f"a command is a text, and this is {said(value)}"
        raise blame(ConductoTypeError, "C114", message, pick, help='write `co.Exec("...")`')
    _carried("this command", value, pick)
    return text.dedent(exact(value))


class Env(Dict[str, str]):
    """A node's environment variables; every way of setting one checks it. `owner` is the node, for errors."""

    owner: Optional["Node"] = None

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__()
        self.update(values)

    def __setitem__(self, key: str, value: str) -> None:
        super().__setitem__(*self._checked(key, value))

    def update(self, *others: Any, **more: str) -> None:
        """As dict.update, checking every value before the first is set."""
        super().update([self._checked(key, value) for key, value in dict(*others, **more).items()])

    def setdefault(self, key: str, default: Any = None) -> str:
        """As dict.setdefault, checking the value."""
        if key not in self:
            self[key] = default
        return self[key]

    def __ior__(self, other: Any) -> "Env":  # type: ignore[override,misc]
        self.update(other)
        return self

    def _checked(self, key: Any, value: Any) -> Tuple[str, str]:
        try:
            _check_env_name(key)
            _check_env_value(key, value)
        except ConductoError as error:
            raise (error if self.owner is None else error.at(self.owner.path)) from None
        return exact(key), exact(value)


def _check_env_name(key: Any) -> None:
    pick = source.entry("env", key, "key")
    if not isinstance(key, str):
        message = f"the name of an env variable is a text, and this is {said(key)}"
        raise blame(ConductoTypeError, "C116", message, pick, help="write it in quotes")
    if not _ENV_NAME.fullmatch(key):
        message = f"`{text.shown(key)}` is no name of an env variable"
        raise blame(ConductoValueError, "C116", message, pick, help="use letters, digits and `_`, and no digit first")
    if key.startswith("CONDUCTO_"):
        message = f"`{key}` is conducto's own: names that begin with `CONDUCTO_` cannot be set"
        raise blame(ConductoValueError, "C116", message, pick, help="use another name")


def _check_env_value(key: str, value: Any) -> None:
    pick = source.entry("env", key, "value")
    if not isinstance(value, str):
        message = f"env `{key}` is {said(value)}, and must be a text"
        help = f'write `"{said(value)}"`' if isinstance(value, (int, float)) else "write a text in quotes"
        raise blame(ConductoTypeError, "C116", message, pick, help=help)
    _carried(f"env `{key}`", value, pick)


def _env(name: str, value: Any) -> Env:
    if value is None:
        return Env({})
    if not isinstance(value, Mapping):
        raise _wrong_type(name, value, "a dict of texts")
    return Env(value)


ATTRIBUTES: dict[str, Attribute] = {
    "env": Attribute({}, "node", _env),
    "image": Attribute(None, "node", _image),
    "cpu": Attribute(None, "node", _amount),
    "mem": Attribute(None, "node", _amount),
    "gpu": Attribute(None, "node", _count),
    "skip": Attribute(False, "node", _flag),
    "suppress_errors": Attribute(False, "node", _flag),
    "stop_on_error": Attribute(True, "serial", _flag),
    "doc": Attribute(None, "node", _doc),
}


def check(kind: str, name: str, value: Any, by_assignment: bool = False) -> Any:
    """`value` as a node of `kind` ("exec", "serial", "parallel") stores it for attribute `name`.

    Raises ConductoTypeError, ConductoValueError or (for an attribute that `kind` does not have) ConductoTypeError at
    construction and ConductoAttributeError by assignment.
    """
    known = [key for key, attribute in ATTRIBUTES.items() if attribute.on in ("node", kind)]
    if name not in known:
        error = ConductoAttributeError if by_assignment else ConductoTypeError
        message = f"{kind.capitalize()} has no attribute `{name}`"
        help = did_you_mean(name, known) or f"it has {', '.join(known)}"
        raise blame(error, "C111", message, source.keyword(name), help=help)
    return ATTRIBUTES[name].check(name, value)
