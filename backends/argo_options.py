"""What a node's `options={"argo": ...}` and `[tool.conducto.argo]` may hold, as JSON schemas."""

from __future__ import annotations

from typing import Any, Dict

_DOMAIN = "[a-z0-9]([-a-z0-9.]*[a-z0-9])?"
_WORD = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_WORDS: Dict[str, Any] = {"type": "string", "pattern": f"^({_WORD})?$"}
#: The rest of what Argo and we write into labels and annotations is ours.
_KEYS = {"pattern": f"^(?![^/]*argoproj[.]io/|[^/]*conducto/)({_DOMAIN}/)?{_WORD}$", "maxLength": 316}
#: No expression of Argo's, and no control characters but tab and newline.
_TEXT = {
    "type": "string",
    "pattern": "^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*$",
    "not": {"pattern": r"\{\{"},
}
_SELECTOR_KEYS = {"pattern": f"^({_DOMAIN}/)?{_WORD}$", "maxLength": 316}


def _map(keys: Dict[str, Any], values: Dict[str, Any]) -> Dict[str, Any]:
    return {"type": "object", "propertyNames": keys, "additionalProperties": values}


_TOLERATION = {
    "type": "object",
    "properties": {
        "key": {"type": "string", **_SELECTOR_KEYS},
        "operator": {"enum": ["Exists", "Equal"]},
        "value": _WORDS,
        "effect": {"enum": ["NoSchedule", "PreferNoSchedule", "NoExecute"]},
        "tolerationSeconds": {"type": "integer", "minimum": 0},
    },
    "additionalProperties": False,
}

#: Of a node. Merged down the tree: what a child says of a key stands instead of what its parent said of it.
OPTIONS: Dict[str, Any] = {
    "nodeSelector": _map(_SELECTOR_KEYS, _WORDS),
    "tolerations": {"type": "array", "items": _TOLERATION},
    "serviceAccountName": {"type": "string", "pattern": f"^{_DOMAIN}$", "maxLength": 253},
    "labels": _map(_KEYS, _WORDS),
    "annotations": _map(_KEYS, _TEXT),
}

_PLACE = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": f"^{_DOMAIN}$", "maxLength": 253},
        "key": {"type": "string", "pattern": "^[-._A-Za-z0-9]+$", "maxLength": 253},
    },
    "additionalProperties": False,
}

#: Of a project: the same for all nodes, and where secrets are kept that are no key of the usual Secret.
SETTINGS: Dict[str, Any] = {**OPTIONS, "secrets": _map({"pattern": "^[A-Z_][A-Z0-9_]*$"}, _PLACE)}
