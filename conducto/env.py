"""A node's environment variables, checked however they are set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Tuple, Union

from . import local_paths, source, text
from .blame import blame, carried, exact, said, wrong_type
from .diagnostics import ConductoError, ConductoTypeError, ConductoValueError
from .secret import Secret

if TYPE_CHECKING:
    from .nodes import Node

Value = Union[str, Secret]

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")


class Env(Dict[str, Value]):
    """A node's environment variables; every way of setting one checks it. `owner` is the node, for errors."""

    owner: Optional["Node"] = None

    def __init__(self, values: Mapping[str, Value]) -> None:
        super().__init__()
        self.update(values)

    def __setitem__(self, key: str, value: Value) -> None:
        super().__setitem__(*self._checked(key, value))

    def update(self, *others: Any, **more: Value) -> None:
        """As dict.update, checking every value before the first is set."""
        super().update([self._checked(key, value) for key, value in dict(*others, **more).items()])

    def setdefault(self, key: str, default: Any = None) -> Value:
        """As dict.setdefault, checking the value."""
        if key not in self:
            self[key] = default
        return self[key]

    def __ior__(self, other: Any) -> "Env":  # type: ignore[override,misc]
        self.update(other)
        return self

    def _checked(self, key: Any, value: Any) -> Tuple[str, Value]:
        try:
            _check_name(key)
            _check_value(key, value)
        except ConductoError as error:
            raise (error if self.owner is None else error.at(self.owner.path)) from None
        return exact(key), exact(value) if isinstance(value, str) else value


def checked(name: str, value: Any) -> Env:
    """The variables in a mapping; none where it is None."""
    if value is None:
        return Env({})
    if not isinstance(value, Mapping):
        raise wrong_type(name, value, "a dict of texts")
    return Env(value)


def _check_name(key: Any) -> None:
    pick = source.entry("env", key, "key")
    if not isinstance(key, str):
        message = f"the name of an env variable is a text, and this is {said(key)}"
        raise blame(ConductoTypeError, "C116", message, pick, help="write it in quotes")
    if not _NAME.fullmatch(key):
        message = f"`{text.shown(key)}` is no name of an env variable"
        raise blame(ConductoValueError, "C116", message, pick, help="use letters, digits and `_`, and no digit first")
    if key.startswith("CONDUCTO_"):
        message = f"`{key}` is conducto's own: names that begin with `CONDUCTO_` cannot be set"
        raise blame(ConductoValueError, "C116", message, pick, help="use another name")


def _check_value(key: str, value: Any) -> None:
    if isinstance(value, Secret):
        return
    pick = source.entry("env", key, "value")
    if not isinstance(value, str):
        message = f"env `{key}` is {said(value)}, and must be a text"
        help = f'write `"{said(value)}"`' if isinstance(value, (int, float)) else "write a text in quotes"
        if isinstance(value, type) and issubclass(value, Secret):
            help = f'write `co.Secret("{key.upper()}")`'
        raise blame(ConductoTypeError, "C116", message, pick, help=help)
    carried(f"env `{key}`", value, pick)
    local_paths.refuse(f"env `{key}`", value, pick)
