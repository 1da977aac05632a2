"""What of a node is for people and for Kubernetes' scheduler: labels, annotations, and where its pod may run."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

from conducto.ir.plan import Plan
from conducto.ir.tree import Row
from conducto.naming import Rule, mangle

from .argo_text import label

_LABEL = Rule("[A-Za-z0-9_.-]", "[A-Za-z0-9]", "[A-Za-z0-9]", 63)

#: Docker's words for processors that Kubernetes calls otherwise, and those whose variants are one to it.
_ARCHITECTURES = {
    "amd64": "amd64",
    "x86_64": "amd64",
    "x86-64": "amd64",
    "arm64": "arm64",
    "aarch64": "arm64",
    "arm64/v8": "arm64",
    "386": "386",
    "i386": "386",
    "ppc64le": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}


def about(plan: Plan, path: str, row: Row) -> Dict[str, Dict[str, str]]:
    """The labels and annotations of a pod."""
    options = _options(row)
    texts = {"conducto/node": path, "conducto/title": row.title, "conducto/doc": row.doc}
    annotations = {key: label(text) for key, text in texts.items() if text}
    annotations.update(options.get("annotations", {}))
    labels = {**tags(row), **options.get("labels", {})}
    return {**({"labels": labels} if labels else {}), "annotations": annotations}


def tags(row: Row) -> Dict[str, str]:
    """A label for each tag of a node, so that `kubectl get pods -l tag.conducto/NAME` finds it."""
    return {f"tag.conducto/{mangle(tag, _LABEL)}": "true" for tag in row.tags}


def titles(row: Row) -> Dict[str, str]:
    """The annotations by which Argo's pages call a run and a template."""
    texts = {"workflows.argoproj.io/title": row.title, "workflows.argoproj.io/description": row.doc}
    return {key: label(text) for key, text in texts.items() if text}


def placement(plan: Plan, row: Row) -> Dict[str, Any]:
    """Where a pod may run, and as whom, where that is not what the project says for all: of each, Argo takes only the pod's
    own or all pods'.
    """
    options = _options(row)
    found: Dict[str, Any] = {}
    own: Dict[str, str] = {**options.get("nodeSelector", {}), **(machine(_platform(row)) or {})}
    if own:
        found["nodeSelector"] = {**plan.settings.get("nodeSelector", {}), **own}
    if options.get("tolerations"):
        found["tolerations"] = _list([*plan.settings.get("tolerations", ()), *options["tolerations"]])
    if options.get("serviceAccountName"):
        found["serviceAccountName"] = options["serviceAccountName"]
    return found


def everywhere(plan: Plan) -> Dict[str, Any]:
    """What the project says for all pods, and what a run itself is called."""
    settings, root = plan.settings, plan.rows[0]
    found: Dict[str, Any] = {}
    if settings.get("nodeSelector"):
        found["nodeSelector"] = dict(settings["nodeSelector"])
    if settings.get("tolerations"):
        found["tolerations"] = _list(settings["tolerations"])
    labels, annotations = dict(settings.get("labels", {})), dict(settings.get("annotations", {}))
    if labels or annotations:
        found["podMetadata"] = _metadata(labels, annotations)
    labels, annotations = {**labels, **tags(root)}, {**titles(root), **annotations}
    if labels or annotations:
        found["workflowMetadata"] = _metadata(labels, annotations)
    return found


def accounts(plan: Plan) -> List[str]:
    """The service accounts that nodes name, each once."""
    names = (_options(plan.rows[number]).get("serviceAccountName") for number in plan.leaves())
    return sorted({name for name in names if name})


def machine(platform: str) -> Optional[Dict[str, str]]:
    """The labels of Kubernetes' nodes that run images for a platform as docker writes it (`linux/arm64`); None where no label
    tells them, as with the variants of 32-bit ARM.
    """
    if not platform:
        return {}
    system, _, processor = platform.lower().partition("/")
    if not processor:
        system, processor = "linux", system
    if system != "linux" or processor not in _ARCHITECTURES:
        return None
    return {"kubernetes.io/os": "linux", "kubernetes.io/arch": _ARCHITECTURES[processor]}


def _platform(row: Row) -> str:
    return row.image.platform if row.image is not None else ""


def _options(row: Row) -> Mapping[str, Any]:
    return row.options.get("argo", {})


def _metadata(labels: Mapping[str, str], annotations: Mapping[str, str]) -> Dict[str, Any]:
    parts = {"labels": dict(labels), "annotations": dict(annotations)}
    return {key: part for key, part in parts.items() if part}


def _list(tolerations: Any) -> List[Dict[str, Any]]:
    return [dict(toleration) for toleration in tolerations]
