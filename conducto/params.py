"""`co.Params(cpu=2)`: node attributes for an Exec whose own arguments go to a Python function."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Tuple

from . import attributes, source
from .blame import blame, wrong_type
from .diagnostics import ConductoError, ConductoValueError


class Params(Dict[str, Any]):
    """Attributes of an Exec (`name` too), checked when they are written: `co.Exec(func, 1, params=co.Params(cpu=2))`.

    Raises ConductoTypeError or ConductoValueError, as the Exec itself would.
    """

    def __init__(self, **own: Any) -> None:
        try:
            attributes.checked("exec", {key: value for key, value in own.items() if key != "name"}, {})
        except ConductoError as error:
            raise error.at("(new Exec)") from None
        super().__init__(own)


def merged(params: Any, name: Optional[str], own: Mapping[str, Any]) -> Tuple[Optional[str], Dict[str, Any]]:
    """`name` and `own` with what `params` adds to them.

    Raises ConductoTypeError (C110) for what is no dict of attributes, ConductoValueError (C118) for one given twice.
    """
    if not isinstance(params, Mapping) or not all(isinstance(key, str) for key in params):
        raise wrong_type("params", params, "co.Params(...)")
    for key in params:
        if key in own or (key == "name" and name is not None):
            message = f"`{key}` is given twice: beside `params` and in it"
            raise blame(ConductoValueError, "C118", message, source.keyword(key), help="leave one of the two out")
    found = {**own, **params}
    return found.pop("name", name), found
