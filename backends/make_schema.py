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
_FLAG = _matching(r"--(?:cpu-shares=\d+|memory=\d+m|memory-reservation=\d+m|gpus=\d+|platform=[a-z0-9_./]+)")
_COUNT = {"type": "integer", "minimum": 1}
_VARIABLE = _matching("[A-Za-z_][A-Za-z0-9_]*")


def _map(values: Dict[str, Any]) -> Dict[str, Any]:
    return {"type": "object", "propertyNames": _VARIABLE, "additionalProperties": values}


_TAG = _matching(r"conducto/[a-z0-9][a-z0-9-]*:[0-9a-f]{12}")
_BUILT = _matching("image/[0-9a-f]{12}")
_WITHIN = _list(closed({"target": _TARGET, "seconds": _COUNT}))
_OF_EXEC = {
    "flags": {**_list(_FLAG), "minItems": 1},
    "env": {**_map(_TEXT), "minProperties": 1},
    "image": _matching(_IMAGE),
    "code": _TAG,
    "built": _BUILT,
    "shell": _matching(r"[^\s-]\S*"),
    "runtime": _TRUE,
    "generate": _TRUE,
    "container": _TARGET,
    "within": _WITHIN,
    "slots": _list(closed({"target": _TARGET, "count": _COUNT})),
    "docker": _TRUE,
    "data": _TRUE,
    "mounts": _TRUE,
    "run": _list(_TEXT),
    "max_time": _COUNT,
    "retries": _COUNT,
    "secrets": _map(_matching("[A-Z_][A-Z0-9_]*")),
}
_EXEC = closed({"command": _TEXT}, **_OF_EXEC)
_AGAIN = closed({"retries": _COUNT, "containers": _list(_TARGET), "images": _list(_BUILT)}, within=_WITHIN)

_ALWAYS = {"target": _TARGET, "need": _TARGET_OR_NONE, "after": _TARGET_OR_NONE}
_SHOWN = {"doc": _TEXT, "title": _TEXT, "tags": _list(_TEXT)}
_SOMETIMES = {**_SHOWN, "suppress_errors": _TRUE, "in": _TARGET, "path": _matching(r"(?s:(?:\.\.\.)?/.*)")}
_LEAF = closed({**_ALWAYS, "exec": _EXEC}, above=_TEXT, **_SOMETIMES)
_OF_GROUP = {"shares": _TRUE, "again": _AGAIN}
_GROUP = closed({**_ALWAYS, "children": {**_list(_TARGET), "minItems": 1}}, **_SOMETIMES, **_OF_GROUP)

_GROWS = closed({**_ALWAYS, "from": _TARGET}, **_SOMETIMES, **_OF_GROUP)

_PATH = _matching(r"(?s:[^/].*)")
_OF_IMAGE = {
    "base": _matching(_IMAGE),
    "dockerfile": _PATH,
    "text": {"type": "string", "minLength": 1},
    "context": _PATH,
    "args": _map(_TEXT),
    "platform": _matching("[a-z0-9_./]+"),
    "steps": {"type": "string", "minLength": 1},
    "workdir": _TRUE,
    "code": _PATH,
    "clone": {"type": "string", "minLength": 1},
    "branch": {"type": "string", "minLength": 1},
    "exclude": _list({"type": "string", "minLength": 1}),
    "runtime": _PATH,
}
_MADE = closed({"target": _BUILT, "tag": _TAG, "need": _TARGET_OR_NONE, "after": _TARGET_OR_NONE}, **_OF_IMAGE)

_FILE = {"output": {"type": "string", "minLength": 1}, "header": _list(_matching("#.*"))}
_PIPELINE = {
    "state": _matching(r"\.conducto/state/[a-z0-9_][a-z0-9_.+-]*|state"),
    "chosen": _list(_TARGET),
    "nodes": {"type": "array", "items": {"oneOf": [_LEAF, _GROUP, _GROWS]}, "minItems": 1},
}
_FOLDER = {"type": "string", "minLength": 1}
_PLACES = {"default_image": _matching(f"(?:{_IMAGE})?"), "folder": _FOLDER, "root": _FOLDER}
_PLACES.update(user_data=_FOLDER, sharing=_list(_TARGET), sharing_here=_list(_TARGET))
_PLACES["images"] = {"type": "array", "items": _MADE, "minItems": 1}

SCHEMA: Dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "oneOf": [closed(_FILE), closed({**_FILE, **_PIPELINE}, **_PLACES)],
}
