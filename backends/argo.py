"""Argo Workflows: a WorkflowTemplate of nested `steps`, with the account that its pods run as."""

from __future__ import annotations

import posixpath
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from conducto.diagnostics import Report
from conducto.header import header
from conducto.ir.plan import Origin, Plan
from conducto.targets import Document, Files, Limits
from conducto.text import comment, shell_word

from . import argo_checks as checks
from .argo_bounds import ceilings, times
from .argo_carried import Carried
from .argo_leaf import COMMIT, leaf
from .argo_names import ROOT, object_name
from .argo_node import accounts, everywhere, tags, titles
from .argo_options import OPTIONS, SETTINGS
from .argo_schema import SCHEMA
from .argo_templates import Shape, Template, Templates
from .argo_text import label

#: What it says exactly; of `max_time` of a group and of `platform` only some (see argo_checks).
SAYS = frozenset(
    [
        *("secret", "code", "clone", "shell", "platform", "runtime"),
        *("max_time", "group_max_time", "retries", "group_retries", "max_concurrent"),
    ]
)
#: Seconds that a run has more, as its start and what is left of it are counted in whole ones.
MARGIN = 2


class Argo:
    """The emitter of target `argo`."""

    name = "argo"
    title = "Argo Workflows"
    limits = Limits(depth=checks.LEVELS, needs_image=True, carries=True, says=SAYS)
    schema: Optional[Mapping[str, Any]] = SCHEMA
    settings: Mapping[str, Any] = SETTINGS
    options: Mapping[str, Any] = OPTIONS

    def output(self, origin: Origin) -> str:
        """`<stem>.argo.yaml` beside the source."""
        return posixpath.join(origin.folder, f"{origin.stem}.argo.yaml")

    def usage(self, origin: Origin) -> List[str]:
        """Once to put it into a cluster, then once for each run."""
        return [
            f"kubectl apply --server-side -f {shell_word(origin.shown_output)}",
            f"argo submit --wait --from workflowtemplate/{object_name(origin.name)}",
        ]

    def document(self, plan: Plan, report: Report) -> Document:
        """The Kubernetes objects, key for key as in the file: `account`, `texts` (what is too large for a pod), `carried` (code
        and runtime), `workflow`; and a comment for each template.

        Complains of what argo_checks names.
        """
        origin, name = plan.origin, object_name(plan.origin.name)
        bounds, most, carried = times(plan), ceilings(plan), Carried(plan)
        killed = bounds.run is not None
        leaves = {
            number: leaf(plan, number, carried, bounds.leaves.get(number), killed or number in bounds.leaves)
            for number in plan.leaves()
        }
        shape = Shape(plan, most.groups)
        made = [(0, _idle())] if plan.empty else Templates(plan, leaves, shape).all()
        spec = {
            "entrypoint": made[0][1]["name"],
            "serviceAccountName": plan.settings.get("serviceAccountName", name),
            **_parameters(plan),
            **({"activeDeadlineSeconds": bounds.run + MARGIN} if bounds.run is not None else {}),
            **({"parallelism": most.run} if most.run is not None else {}),
            **everywhere(plan),
            "templates": [template for _, template in made],
        }
        checks.check_features(plan, self, bounds, report)
        checks.check_shape(plan, spec["templates"], shape, report)
        checks.check_carried(plan, carried, report)
        for number, found in leaves.items():
            checks.check_leaf(plan, number, found, report)
        checks.check_size(plan, spec, report)
        return {
            "output": origin.output or self.output(origin),
            "header": header(origin, self.name, self.usage(origin)),
            "account": _account(plan, name),
            "texts": [found.texts for found in leaves.values() if found.texts is not None],
            "carried": carried.objects,
            "workflow": _workflow(plan, name, spec),
            "comments": _comments(plan, made),
        }

    def render(self, document: Document) -> Files:
        """The one file."""
        from conducto.templating import render, yaml

        return {document["output"]: render("argo/pipeline.yaml.j2", yaml, **document)}


def _idle() -> Template:
    return {"name": ROOT, "suspend": {"duration": "0"}}


def _object(version: str, kind: str, name: str, **more: Any) -> Dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **more}


def _workflow(plan: Plan, name: str, spec: Dict[str, Any]) -> Dict[str, Any]:
    found = _object("argoproj.io/v1alpha1", "WorkflowTemplate", name, spec=spec)
    for key, part in (("labels", tags(plan.rows[0])), ("annotations", titles(plan.rows[0]))):
        if part:
            found["metadata"][key] = part
    return found


def _parameters(plan: Plan) -> Dict[str, Any]:
    """What a run may be told by `argo submit -p git-sha=...`, where it has code of this repository."""
    if not any(image.code is not None and image.code.kind == "folder" for image in plan.images):
        return {}
    return {"arguments": {"parameters": [{"name": name, "value": ""} for name in COMMIT.values()]}}


def _account(plan: Plan, name: str) -> List[Dict[str, Any]]:
    """What the pods run as: it may report how they ended, without which none would count as done, and nothing else. Accounts
    that the project names are its own, and get that right besides what they have.
    """
    group = "rbac.authorization.k8s.io"
    right = {"apiGroups": ["argoproj.io"], "resources": ["workflowtaskresults"], "verbs": ["create", "patch"]}
    role = {"apiGroup": group, "kind": "Role", "name": name}
    own = plan.settings.get("serviceAccountName", "")
    subjects = [{"kind": "ServiceAccount", "name": who} for who in dict.fromkeys([own or name, *accounts(plan)])]
    return [
        *([] if own else [_object("v1", "ServiceAccount", name)]),
        _object(f"{group}/v1", "Role", name, rules=[right]),
        _object(f"{group}/v1", "RoleBinding", name, roleRef=role, subjects=subjects),
    ]


def _comments(plan: Plan, made: Sequence[Tuple[int, Template]]) -> Dict[str, str]:
    """For each template the path of its node, and what is said of that."""
    found = {}
    for number, template in made:
        row = plan.rows[number]
        said = ": ".join(label(text) for text in (plan.path(number), row.title, row.doc) if text)
        tagged = f" ({', '.join(label(tag) for tag in row.tags)})" if row.tags else ""
        found[template["name"]] = comment(said + tagged)
    return found
