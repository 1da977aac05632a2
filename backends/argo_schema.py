"""The JSON schema of the argo document: what we emit, and no more."""

from __future__ import annotations

from itertools import product
from typing import Any, Dict

from .argo_leaf import script
from .argo_text import dollars
from .json_schema import closed


def _list(items: Dict[str, Any], least: int = 1, **more: Any) -> Dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, **more}


def _kubernetes(version: str, kind: str, **more: Any) -> Dict[str, Any]:
    """An object of Kubernetes, of which nothing but its name is said besides `more`."""
    return closed(
        {"apiVersion": {"const": version}, "kind": {"const": kind}, "metadata": closed({"name": _LABEL}), **more}
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

_ENTRY = closed({"name": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}, "value": _CARRIED})
_RUN_ID = closed({"name": {"const": "CONDUCTO_PIPELINE_ID"}, "value": {"const": "{{workflow.uid}}"}})
_CONTAINER = closed(
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
    resources=closed(
        {},
        requests=closed({}, cpu=_QUANTITY, memory=_QUANTITY),
        limits=closed({}, **{"memory": _QUANTITY, "nvidia.com/gpu": _QUANTITY}),
    ),
    volumeMounts=_list(closed({"name": {"const": "texts"}, "mountPath": {"const": "/conducto/texts"}}), maxItems=1),
)
_ANNOTATIONS = closed({"conducto/node": _LINE}, **{"conducto/doc": _LINE})
_VOLUME = closed({"name": {"const": "texts"}, "configMap": closed({"name": _LABEL})})
_LEAF = {"metadata": closed({"annotations": _ANNOTATIONS}), "container": _CONTAINER}
_VOLUMES = {"volumes": _list(_VOLUME, maxItems=1)}

_IGNORED = closed({"failed": {"const": True}, "error": {"const": True}})
_STEP = {
    "oneOf": [
        closed({"name": _NAME, "template": _NAME}, continueOn=_IGNORED),
        closed({"name": _NAME, "inline": closed(_LEAF, **_VOLUMES)}, continueOn=_IGNORED),
    ]
}
_AFTER = {
    "type": "string",
    "pattern": r"^([A-Za-z][A-Za-z0-9-]*) \|\| \1\.Failed \|\| \1\.Errored \|\| \1\.Omitted$",
}
_CALL = {
    "oneOf": [
        closed({"name": _TASK, "template": _NAME}, depends=_AFTER),
        closed({"name": _TASK, "inline": closed(_LEAF, **_VOLUMES)}, depends=_AFTER),
    ]
}
_DAG = closed(
    {
        "failFast": {"const": False},
        "target": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9-]*( [A-Za-z][A-Za-z0-9-]*)*$"},
        "tasks": _list(_CALL, maxItems=200),
    }
)
_TEMPLATE = {
    "oneOf": [
        closed({"name": _NAME, "steps": _list(_list(_STEP))}),
        closed({"name": _NAME, "dag": _DAG}),
        closed({"name": _NAME, **_LEAF}, **_VOLUMES),
        closed({"name": _NAME, "suspend": closed({"duration": {"const": "0"}})}),
    ]
}

_RBAC = "rbac.authorization.k8s.io"
_RIGHTS = closed(
    {
        "apiGroups": {"const": ["argoproj.io"]},
        "resources": {"const": ["workflowtaskresults"]},
        "verbs": {"const": ["create", "patch"]},
    }
)
_ROLE_REF = closed({"apiGroup": {"const": _RBAC}, "kind": {"const": "Role"}, "name": _LABEL})
_SUBJECT = closed({"kind": {"const": "ServiceAccount"}, "name": _LABEL})
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
_SPEC = closed({"entrypoint": _NAME, "serviceAccountName": _LABEL, "templates": _list(_TEMPLATE, maxItems=200)})
_COMMENTS = {
    "type": "object",
    "propertyNames": _NAME,
    "additionalProperties": {"type": "string", "pattern": "^[^\\n]*$"},
}

SCHEMA: Dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "a WorkflowTemplate of Argo Workflows with its account, as conducto emits them",
    **closed(
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
