"""The JSON schema of the make target's document: what is emitted, and no more."""

from __future__ import annotations

from typing import Any, Dict

from .json_schema import closed


def _list(items: Dict[str, Any]) -> Dict[str, Any]:
    return {"type": "array", "items": items}


def _matching(pattern: str) -> Dict[str, Any]:
    """A text all of which matches; `$` alone would let a newline follow."""
    return {"type": "string", "pattern": f"^(?:{pattern})$(?!\n)"}


_TEXT = {"type": "string"}
_TARGET_PATTERN = r"\w[\w.+/-]{0,254}"
_TARGET = _matching(_TARGET_PATTERN)
_TARGET_OR_NONE = _matching(f"(?:{_TARGET_PATTERN})?")
_TRUE = {"const": True}
_IMAGE = r"[^\s-]\S*"
_FLAG = _matching(r"--(?:cpu-shares=\d+|memory=\d+m|memory-reservation=\d+m|gpus=\d+)")
_ENV = {"type": "object", "propertyNames": _matching("[A-Za-z_][A-Za-z0-9_]*"), "additionalProperties": _TEXT}

_EXEC = closed({"flags": _list(_FLAG), "env": _ENV, "command": _TEXT}, image=_matching(_IMAGE))

_ALWAYS = {"target": _TARGET, "need": _TARGET_OR_NONE, "after": _TARGET_OR_NONE}
_SOMETIMES = {"doc": _TEXT, "suppress_errors": _TRUE, "in": _TARGET, "path": _matching(r"(?s:(?:\.\.\.)?/.*)")}
_LEAF = closed({**_ALWAYS, "exec": _EXEC}, **_SOMETIMES)
_GROUP = closed({**_ALWAYS, "children": {**_list(_TARGET), "minItems": 1}}, **_SOMETIMES)

_FILE = {"output": {"type": "string", "minLength": 1}, "header": _list(_matching("#.*"))}
_PIPELINE = {
    "state": _matching(r"\.conducto/state/[a-z0-9_][a-z0-9_.+-]*"),
    "chosen": _list(_TARGET),
    "nodes": {"type": "array", "items": {"oneOf": [_LEAF, _GROUP]}, "minItems": 1},
}
_PLACES = {"default_image": _matching(f"(?:{_IMAGE})?"), "folder": {"type": "string", "minLength": 1}}

SCHEMA: Dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "oneOf": [closed(_FILE), closed({**_FILE, **_PIPELINE}, **_PLACES)],
}
