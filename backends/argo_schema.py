"""The JSON schema of the argo document: what we emit, and no more."""

from __future__ import annotations

from typing import Any, Dict


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


_TEXT = {"type": "string"}
#: What Argo would act on stands nowhere but in the one expression of ours.
_INERT = {"type": "string", "not": {"pattern": r"\{\{"}}
_NAME = {"type": "string", "pattern": "^[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?$", "maxLength": 128}
_OBJECT_NAME = {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "maxLength": 63}
_METADATA = _object({"name": _OBJECT_NAME})
_ENV_NAME = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}
_UID = _object({"name": {"const": "CONDUCTO_PIPELINE_ID"}, "value": {"const": "{{workflow.uid}}"}})
_ENV = _list({"anyOf": [_UID, _object({"name": _ENV_NAME, "value": _INERT})]})
_AMOUNT = {"type": "string", "pattern": "^[0-9]+(m|Mi|Gi)?$"}
_RESOURCES = _object(
    {},
    requests=_object({}, cpu=_AMOUNT, memory=_AMOUNT),
    limits=_object({}, **{"memory": _AMOUNT, "nvidia.com/gpu": {"type": "string", "pattern": "^[1-9][0-9]*$"}}),
)
_CONTAINER = _object(
    {"image": _INERT, "command": _list(_INERT, 3, maxItems=3), "args": _list(_INERT), "env": _ENV},
    resources=_RESOURCES,
    volumeMounts=_list(_object({"name": {"const": "text"}, "mountPath": _TEXT}), maxItems=1),
)
_VOLUME = _object({"name": {"const": "text"}, "configMap": _object({"name": _OBJECT_NAME})})
_DOC = _object({"annotations": _object({"conducto.io/doc": _INERT})})
_LEAF = {"metadata": _DOC, "volumes": _list(_VOLUME, maxItems=1)}
_INLINE = _object({"container": _CONTAINER}, **_LEAF)
_ON = _object({"failed": {"const": True}, "error": {"const": True}})
_STEP = {
    "oneOf": [
        _object({"name": _NAME, "template": _NAME}, continueOn=_ON),
        _object({"name": _NAME, "inline": _INLINE}, continueOn=_ON),
    ]
}
_TASK = {
    "oneOf": [
        _object({"name": _NAME, "template": _NAME}, depends=_INERT),
        _object({"name": _NAME, "inline": _INLINE}, depends=_INERT),
    ]
}
_DAG = _object({"failFast": {"const": False}, "target": _INERT, "tasks": _list(_TASK, maxItems=200)})
_TEMPLATE = {
    "oneOf": [
        _object({"name": _NAME, "steps": _list(_list(_STEP))}, metadata=_DOC),
        _object({"name": _NAME, "dag": _DAG}, metadata=_DOC),
        _object({"name": _NAME, "container": _CONTAINER}, **_LEAF),
        _object({"name": _NAME, "suspend": _object({"duration": {"const": "0"}})}),
    ]
}
_RULE = _object(
    {
        "apiGroups": {"const": ["argoproj.io"]},
        "resources": {"const": ["workflowtaskresults"]},
        "verbs": {"const": ["create", "patch"]},
    }
)
_KIND = {"type": "string"}


def _kind(version: str, kind: str, **more: Any) -> Dict[str, Any]:
    return _object({"apiVersion": {"const": version}, "kind": {"const": kind}, "metadata": _METADATA, **more})


_RBAC = "rbac.authorization.k8s.io"
_ROLE_REF = _object({"apiGroup": {"const": _RBAC}, "kind": {"const": "Role"}, "name": _OBJECT_NAME})
_SUBJECT = _object({"kind": {"const": "ServiceAccount"}, "name": _OBJECT_NAME})
_DATA = {
    "type": "object",
    "patternProperties": {"^(command|env-[A-Za-z0-9_]+)$": {"type": "string", "pattern": "^[A-Za-z0-9+/]*=*$"}},
    "additionalProperties": False,
    "minProperties": 1,
}

SCHEMA: Dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_object(
        {
            "output": {"type": "string", "minLength": 1},
            "header": _list({"type": "string", "pattern": "^#"}),
            "access": {
                "type": "array",
                "prefixItems": [
                    _kind("v1", "ServiceAccount"),
                    _kind(f"{_RBAC}/v1", "Role", rules=_list(_RULE, maxItems=1)),
                    _kind(f"{_RBAC}/v1", "RoleBinding", roleRef=_ROLE_REF, subjects=_list(_SUBJECT, maxItems=1)),
                ],
                "items": False,
                "minItems": 3,
            },
            "texts": _list(_kind("v1", "ConfigMap", binaryData=_DATA), 0),
            "workflow": _kind(
                "argoproj.io/v1alpha1",
                "WorkflowTemplate",
                spec=_object(
                    {
                        "serviceAccountName": _OBJECT_NAME,
                        "entrypoint": _NAME,
                        "templates": _list(_TEMPLATE, maxItems=200),
                    }
                ),
            ),
        }
    ),
}
