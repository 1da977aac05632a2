"""The JSON schema of the argo document: what we emit, and no more."""

from __future__ import annotations

import re
from typing import Any, Dict

from conducto.ir.images import CODE, RUNTIME

from . import argo_script
from .argo_leaf import COMMIT, GRACE
from .argo_options import OPTIONS
from .argo_script import ARCHIVE, TAR, TEXTS, Given
from .argo_text import dollars
from .json_schema import closed


def _list(items: Dict[str, Any], least: int = 1, **more: Any) -> Dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, **more}


def _kubernetes(version: str, kind: str, **more: Any) -> Dict[str, Any]:
    """An object of Kubernetes, of which nothing but its name is said besides `more`."""
    return closed(
        {"apiVersion": {"const": version}, "kind": {"const": kind}, "metadata": closed({"name": _LABEL}), **more}
    )


def _exactly(text: str) -> str:
    """A pattern of one script, in the part of the language that all readers of patterns agree on."""
    return re.sub(r"[\\^$.|?*+()\[\]{}/]", r"\\\g<0>", dollars(text)).replace("\n", "\\n")


#: What stands in a script for the words of a user, and what these may be.
_HOLES = {
    "VARIABLE": "[A-Za-z_][A-Za-z0-9_]*",
    "HOLDER": "[A-Za-z_][A-Za-z0-9_]*",
    "KEPT": r"secret [A-Z0-9_]+ \(key [-._A-Za-z0-9]+ of Secret [-.a-z0-9]+\)",
    "SHELL": "[A-Za-z0-9_./+-]+",
}


def _script() -> str:
    """The pattern of what /bin/sh does: the parts of `argo_script.Script`, each there or not, in their order."""
    secret = Given("VARIABLE", "HOLDER", "KEPT")
    parts = [f"{_exactly(argo_script.JOIN)}\\n"]
    parts += [f"({_exactly(part)}\\n)*" for part in (argo_script.check(secret), argo_script.renamed(secret))]
    wanted = (argo_script.EXPORT, argo_script.READ_ENV, argo_script.UNPACK, argo_script.COMMIT, argo_script.FIRST)
    parts += [f"({_exactly(part)}\\n)?" for part in wanted]
    ends = [argo_script.choose(shell, path) for shell in ("", "SHELL") for path in (False, True)]
    plain = "|".join(_exactly(end) for end in ends)
    coded = "|".join(_exactly(end.replace('"$0"', '"$1"')) for end in ends)
    decode = "|".join(_exactly(part) for part in (argo_script.DECODE, argo_script.READ))
    pattern = f"^{''.join(parts)}({plain}|({decode})\\n({coded}))$"
    for hole, words in _HOLES.items():
        pattern = pattern.replace(hole, words)
    return pattern


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

_VARIABLE = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}
_KEY = closed(
    {
        "name": {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"},
        "key": {"type": "string", "pattern": "^[-._A-Za-z0-9]+$"},
        "optional": {"const": True},
    }
)
_FOLDERS = {"texts": TEXTS, "archive": ARCHIVE, "code": CODE, "runtime": RUNTIME.rpartition("/")[0]}
_ENTRY = {
    "oneOf": [
        closed({"name": _VARIABLE, "value": _CARRIED}),
        closed({"name": _VARIABLE, "valueFrom": closed({"secretKeyRef": _KEY})}),
        *(
            closed({"name": {"const": key}, "value": {"const": f"{{{{workflow.parameters.{name}}}}}"}})
            for key, name in COMMIT.items()
        ),
    ]
}
_RUN_ID = closed({"name": {"const": "CONDUCTO_PIPELINE_ID"}, "value": {"const": "{{workflow.uid}}"}})
_CONTAINER = closed(
    {
        "image": _LINE,
        "command": {
            "type": "array",
            "prefixItems": [{"const": "/bin/sh"}, {"const": "-c"}, {"type": "string", "pattern": _script()}],
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
    workingDir={"const": CODE},
    volumeMounts=_list(closed({"name": {"enum": list(_FOLDERS)}, "mountPath": {"enum": list(_FOLDERS.values())}})),
)


def _words(keys: Dict[str, Any], values: Dict[str, Any], ours: Dict[str, Any]) -> Dict[str, Any]:
    """A map of ours and of what a user's options say."""
    known = {key: value for key, value in ours.items() if not key.startswith("^")}
    more = {key: value for key, value in ours.items() if key.startswith("^")}
    names = {"anyOf": [keys, {"enum": list(known)}, *({"pattern": key} for key in more)]}
    return {
        "type": "object",
        "properties": known,
        "patternProperties": more,
        "additionalProperties": values,
        "propertyNames": names,
        "minProperties": 1,
    }


def _option(name: str, **ours: Any) -> Dict[str, Any]:
    """The same as what `options` take, and what is ours."""
    return _words(OPTIONS[name]["propertyNames"], OPTIONS[name]["additionalProperties"], ours)


_TAGS = {"^tag[.]conducto/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$": {"const": "true"}}
_SHOWN = {f"workflows.argoproj.io/{word}": _LINE for word in ("title", "description")}
_NODE = {"conducto/node": _LINE, "conducto/title": _LINE, "conducto/doc": _LINE}
_NOTES = {**_option("annotations", **_NODE), "required": ["conducto/node"]}
_POD = closed({"annotations": _NOTES}, labels=_option("labels", **_TAGS))
_WHERE = {
    "nodeSelector": _option("nodeSelector"),
    "tolerations": {**OPTIONS["tolerations"], "minItems": 1},
}
_RUN = closed({}, labels=_option("labels", **_TAGS), annotations=_option("annotations", **_SHOWN))
_EVERY_POD = closed({}, labels=_option("labels"), annotations=_option("annotations"))

_CONFIG = closed({"name": _LABEL}, defaultMode={"const": 0o755})
_VOLUME = {
    "oneOf": [
        closed({"name": {"enum": ["texts", "archive", "runtime"]}, "configMap": _CONFIG}),
        closed({"name": {"const": "code"}, "emptyDir": closed({})}),
    ]
}
_GIT = closed(
    {
        "repo": _LINE,
        "branch": _LINE,
        "singleBranch": {"const": True},
        "depth": {"const": 1},
        "disableSubmodules": {"const": True},
    }
)
_ARTIFACT = closed({"name": {"const": "code"}, "path": {"const": CODE}, "git": _GIT})
_COUNT = {"type": "string", "pattern": "^[1-9][0-9]*$"}
_AGAIN = closed({"limit": _COUNT, "retryPolicy": {"const": "Always"}})
_LEAF = {"metadata": _POD, "container": _CONTAINER}
_MORE = {
    **_WHERE,
    "serviceAccountName": OPTIONS["serviceAccountName"],
    "activeDeadlineSeconds": _COUNT,
    "podSpecPatch": {"const": f'{{"terminationGracePeriodSeconds":{GRACE}}}'},
    "retryStrategy": _AGAIN,
    "inputs": closed({"artifacts": _list(_ARTIFACT, maxItems=1)}),
    "volumes": _list(_VOLUME),
}

_IGNORED = closed({"failed": {"const": True}, "error": {"const": True}})
_STEP = {
    "oneOf": [
        closed({"name": _NAME, "template": _NAME}, continueOn=_IGNORED),
        closed({"name": _NAME, "inline": closed(_LEAF, **_MORE)}, continueOn=_IGNORED),
    ]
}
_AFTER = {
    "type": "string",
    "pattern": r"^([A-Za-z][A-Za-z0-9-]*) \|\| \1\.Failed \|\| \1\.Errored \|\| \1\.Omitted$",
}
_CALL = {
    "oneOf": [
        closed({"name": _TASK, "template": _NAME}, depends=_AFTER),
        closed({"name": _TASK, "inline": closed(_LEAF, **_MORE)}, depends=_AFTER),
    ]
}
_DAG = closed(
    {
        "failFast": {"const": False},
        "target": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9-]*( [A-Za-z][A-Za-z0-9-]*)*$"},
        "tasks": _list(_CALL, maxItems=200),
    }
)
_BOUNDS = {"parallelism": {"type": "integer", "minimum": 1}, "retryStrategy": _AGAIN}
_TEMPLATE = {
    "oneOf": [
        closed({"name": _NAME, "steps": _list(_list(_STEP))}, **_BOUNDS),
        closed({"name": _NAME, "dag": _DAG}, **_BOUNDS),
        closed({"name": _NAME, **_LEAF}, **_MORE),
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
_SUBJECT = closed({"kind": {"const": "ServiceAccount"}, "name": OPTIONS["serviceAccountName"]})
_BOUND = [
    _kubernetes(f"{_RBAC}/v1", "Role", rules=_list(_RIGHTS, maxItems=1)),
    _kubernetes(f"{_RBAC}/v1", "RoleBinding", roleRef=_ROLE_REF, subjects=_list(_SUBJECT)),
]
_ACCOUNT = {
    "oneOf": [
        {"type": "array", "prefixItems": objects, "items": False, "minItems": len(objects)}
        for objects in ([_kubernetes("v1", "ServiceAccount"), *_BOUND], _BOUND)
    ]
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
_BASE64 = {"type": "string", "pattern": "^[A-Za-z0-9+/=\\n]*$"}


def _carried(key: str, **more: Any) -> Dict[str, Any]:
    """A ConfigMap of one file."""
    return _kubernetes("v1", "ConfigMap", immutable={"const": True}, binaryData=closed({key: _BASE64}), **more)


_UNPACK = closed({argo_script.MAKE: {"const": argo_script.UNPACKER}})
_CARRIED_FILE = {"oneOf": [_carried(TAR, data=_UNPACK), _carried(RUNTIME.rpartition("/")[2])]}
_PARAMETER = closed({"name": {"enum": list(COMMIT.values())}, "value": {"const": ""}})
_SPEC = closed(
    {
        "entrypoint": _NAME,
        "serviceAccountName": OPTIONS["serviceAccountName"],
        "templates": _list(_TEMPLATE, maxItems=200),
    },
    **_WHERE,
    arguments=closed({"parameters": _list(_PARAMETER, least=3, maxItems=3)}),
    activeDeadlineSeconds={"type": "integer", "minimum": 1},
    parallelism={"type": "integer", "minimum": 1},
    podMetadata=_EVERY_POD,
    workflowMetadata=_RUN,
)
_WORKFLOW = _kubernetes("argoproj.io/v1alpha1", "WorkflowTemplate", spec=_SPEC)
_WORKFLOW["properties"]["metadata"] = closed(
    {"name": _LABEL}, labels=_option("labels", **_TAGS), annotations=_option("annotations", **_SHOWN)
)
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
            "carried": _list(_CARRIED_FILE, least=0),
            "workflow": _WORKFLOW,
            "comments": _COMMENTS,
        }
    ),
}
