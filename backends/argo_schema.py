"""The JSON schema of the argo document: what we emit, and no more."""

from __future__ import annotations

from itertools import product
from typing import Any, Dict

from .argo_leaf import script
from .argo_text import dollars


def _object(required: Dict[str, Any], **optional: Any) -> Dict[str, Any]:
    """An object of these keys alone."""
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


def _list(items: Dict[str, Any], least: int = 1, **more: Any) -> Dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, **more}


def _kubernetes(version: str, kind: str, **more: Any) -> Dict[str, Any]:
    """An object of Kubernetes, of which nothing but its name is said besides `more`."""
    return _object(
        {"apiVersion": {"const": version}, "kind": {"const": kind}, "metadata": _object({"name": _LABEL}), **more}
    )


_FLAGS = list(product((False, True), repeat=3))
_SCRIPTS = [dollars(script(how, *flags)) for how in ("plain", "coded", "file") for flags in _FLAGS]

#: What Argo, Kubernetes and a server-side apply hand on: no expression, no control characters but tab and newline.
_CARRIED = {
    "type": "string",
    "pattern": "^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*$",
    "not": {"pattern": r"\{\{"},
}
_LINE = {**_CARRIED, "minLength": 1, "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"}
_LABEL = {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "maxLength": 63}
_NAME = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9-]*$", "maxLength": 128}
_TASK = {**_NAME, "pattern": "^[A-Za-z][A-Za-z0-9-]*$"}
_QUANTITY = {"type": "string", "pattern": "^[1-9][0-9]*(m|Mi|Gi)?$"}

_ENTRY = _object({"name": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}, "value": _CARRIED})
_RUN_ID = _object({"name": {"const": "CONDUCTO_PIPELINE_ID"}, "value": {"const": "{{workflow.uid}}"}})
_CONTAINER = _object(
    {
        "image": _LINE,
        "command": {
            "type": "array",
            "prefixItems": [{"const": "/bin/sh"}, {"const": "-c"}, {"enum": _SCRIPTS}],
            "items": False,
            "minItems": 3,
        },
        "args": _list(_CARRIED),
        "env": {**_list(_ENTRY), "prefixItems": [_RUN_ID]},
    },
    resources=_object(
        {},
        requests=_object({}, cpu=_QUANTITY, memory=_QUANTITY),
        limits=_object({}, **{"memory": _QUANTITY, "nvidia.com/gpu": _QUANTITY}),
    ),
    volumeMounts=_list(_object({"name": {"const": "texts"}, "mountPath": {"const": "/conducto/texts"}}), maxItems=1),
)
_ANNOTATIONS = _object({"conducto/node": _LINE}, **{"conducto/doc": _LINE})
_VOLUME = _object({"name": {"const": "texts"}, "configMap": _object({"name": _LABEL})})
_LEAF = {"metadata": _object({"annotations": _ANNOTATIONS}), "container": _CONTAINER}
_VOLUMES = {"volumes": _list(_VOLUME, maxItems=1)}

_IGNORED = _object({"failed": {"const": True}, "error": {"const": True}})
_STEP = {
    "oneOf": [
        _object({"name": _NAME, "template": _NAME}, continueOn=_IGNORED),
        _object({"name": _NAME, "inline": _object(_LEAF, **_VOLUMES)}, continueOn=_IGNORED),
    ]
}
_AFTER = {
    "type": "string",
    "pattern": r"^([A-Za-z][A-Za-z0-9-]*) \|\| \1\.Failed \|\| \1\.Errored \|\| \1\.Omitted$",
}
_CALL = {
    "oneOf": [
        _object({"name": _TASK, "template": _NAME}, depends=_AFTER),
        _object({"name": _TASK, "inline": _object(_LEAF, **_VOLUMES)}, depends=_AFTER),
    ]
}
_DAG = _object(
    {
        "failFast": {"const": False},
        "target": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9-]*( [A-Za-z][A-Za-z0-9-]*)*$"},
        "tasks": _list(_CALL, maxItems=200),
    }
)
_TEMPLATE = {
    "oneOf": [
        _object({"name": _NAME, "steps": _list(_list(_STEP))}),
        _object({"name": _NAME, "dag": _DAG}),
        _object({"name": _NAME, **_LEAF}, **_VOLUMES),
        _object({"name": _NAME, "suspend": _object({"duration": {"const": "0"}})}),
    ]
}

_RBAC = "rbac.authorization.k8s.io"
_RIGHTS = _object(
    {
        "apiGroups": {"const": ["argoproj.io"]},
        "resources": {"const": ["workflowtaskresults"]},
        "verbs": {"const": ["create", "patch"]},
    }
)
_ROLE_REF = _object({"apiGroup": {"const": _RBAC}, "kind": {"const": "Role"}, "name": _LABEL})
_SUBJECT = _object({"kind": {"const": "ServiceAccount"}, "name": _LABEL})
_ACCOUNT = {
    "type": "array",
    "prefixItems": [
        _kubernetes("v1", "ServiceAccount"),
        _kubernetes(f"{_RBAC}/v1", "Role", rules=_list(_RIGHTS, maxItems=1)),
        _kubernetes(f"{_RBAC}/v1", "RoleBinding", roleRef=_ROLE_REF, subjects=_list(_SUBJECT, maxItems=1)),
    ],
    "items": False,
    "minItems": 3,
}
_TEXTS = _kubernetes(
    "v1",
    "ConfigMap",
    data={
        "type": "object",
        "propertyNames": {"pattern": "^(command|env-[A-Za-z_][A-Za-z0-9_]*)$"},
        "additionalProperties": _CARRIED,
        "minProperties": 1,
    },
)
_SPEC = _object({"entrypoint": _NAME, "serviceAccountName": _LABEL, "templates": _list(_TEMPLATE, maxItems=200)})
_COMMENTS = {
    "type": "object",
    "propertyNames": _NAME,
    "additionalProperties": {"type": "string", "pattern": "^[^\\n]*$"},
}

SCHEMA: Dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "a WorkflowTemplate of Argo Workflows with its account, as conducto emits them",
    **_object(
        {
            "output": {"type": "string", "minLength": 1},
            "header": {"type": "array", "items": {"type": "string", "pattern": "^#"}},
            "account": _ACCOUNT,
            "texts": _list(_TEXTS, least=0),
            "workflow": _kubernetes("argoproj.io/v1alpha1", "WorkflowTemplate", spec=_SPEC),
            "comments": _COMMENTS,
        }
    ),
}
