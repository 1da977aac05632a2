"""Argo Workflows: a WorkflowTemplate of nested `steps`, with the account that its pods run as."""

from __future__ import annotations

import posixpath
import re
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from conducto.diagnostics import Report
from conducto.header import header
from conducto.ir.plan import Origin, Plan
from conducto.naming import KUBERNETES, mangle
from conducto.targets import Document, Files, Limits
from conducto.text import comment, shell_word

from .argo_leaf import LEAF_BYTES, Leaf, leaf
from .argo_names import ROOT
from .argo_schema import SCHEMA
from .argo_templates import Template, Templates, depths
from .argo_text import go_size, label

#: Levels of templates, root and leaf counted (the hundredth fails); and templates, by the full CRDs of Argo 4.
LEVELS, TEMPLATES = 99, 200
#: A Workflow's JSON, its state included, beyond which the controller ends it with an error; and what a pod adds to its
#: state, compressed as that is in a large Workflow.
WORKFLOW_BYTES, STATE_BYTES = 1_048_576, 100
#: The data of a ConfigMap, by Kubernetes.
TEXTS_BYTES = 1_000_000

#: Characters of an image's name; with any other a pod would wait without an end.
_IMAGE = re.compile("[A-Za-z0-9][A-Za-z0-9._/:@-]*")


class Argo:
    """The emitter of target `argo`."""

    name = "argo"
    title = "Argo Workflows"
    limits = Limits(depth=LEVELS, needs_image=True)
    schema: Mapping[str, Any] = SCHEMA
    settings: Mapping[str, Any] = {}

    def output(self, origin: Origin) -> str:
        """`<stem>.argo.yaml` beside the source."""
        return posixpath.join(origin.folder, f"{origin.stem}.argo.yaml")

    def usage(self, origin: Origin) -> List[str]:
        """Once to put it into a cluster, then once for each run."""
        return [
            f"kubectl apply --server-side -f {shell_word(origin.shown_output)}",
            f"argo submit --wait --from workflowtemplate/{mangle(origin.name, KUBERNETES)}",
        ]

    def document(self, plan: Plan, report: Report) -> Document:
        """The Kubernetes objects, key for key as in the file: `account`, `texts` (what is too large for a pod), `workflow`;
        and a comment for each template.

        Complains of too many templates (C370) or levels of them (C371), of a Workflow (C372) or a pod (C373) that is too
        large, and of an image whose name is none (C374).
        """
        origin, name = plan.origin, mangle(plan.origin.name, KUBERNETES)
        leaves = {number: leaf(plan, number) for number in plan.leaves()}
        made = [(0, _idle())] if plan.empty else Templates(plan, leaves).all()
        templates = [template for _, template in made]
        spec = {"entrypoint": templates[0]["name"], "serviceAccountName": name, "templates": templates}
        _check_shape(plan, templates, report)
        for number, found in leaves.items():
            _check_leaf(plan, number, found, report)
        _check_size(plan, spec, report)
        return {
            "output": origin.output or self.output(origin),
            "header": header(origin, self.name, self.usage(origin)),
            "account": _account(name),
            "texts": [found.texts for found in leaves.values() if found.texts is not None],
            "workflow": _object("argoproj.io/v1alpha1", "WorkflowTemplate", name, spec=spec),
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


def _account(name: str) -> List[Dict[str, Any]]:
    """What the pods run as: it may report how they ended, without which none would count as done, and nothing else."""
    group = "rbac.authorization.k8s.io"
    right = {"apiGroups": ["argoproj.io"], "resources": ["workflowtaskresults"], "verbs": ["create", "patch"]}
    role = {"apiGroup": group, "kind": "Role", "name": name}
    subject = {"kind": "ServiceAccount", "name": name}
    return [
        _object("v1", "ServiceAccount", name),
        _object(f"{group}/v1", "Role", name, rules=[right]),
        _object(f"{group}/v1", "RoleBinding", name, roleRef=role, subjects=[subject]),
    ]


def _comments(plan: Plan, made: Sequence[Tuple[int, Template]]) -> Dict[str, str]:
    """For each template the path of its node, and what is said of that."""
    found = {}
    for number, template in made:
        doc = plan.rows[number].doc
        found[template["name"]] = comment(label(plan.path(number)) + (f": {label(doc)}" if doc else ""))
    return found


def _check_shape(plan: Plan, templates: Sequence[Template], report: Report) -> None:
    if len(templates) > TEMPLATES:
        message = f"this pipeline would have {len(templates):,} templates, and Argo Workflows takes {TEMPLATES}"
        note = "there is one for each Serial and each Parallel, and none for an Exec"
        help = "put more Execs under fewer of them, or split the pipeline into several files"
        report.error("C370", message, node="/", site=plan.rows[0].site, notes=(note,), help=help)
    levels, plain = depths(plan), plan.tree.depths()
    for number, row in enumerate(plan.rows):
        if plan.runs[number] and levels[number] > LEVELS >= plain[number]:
            message = f"this node would be {levels[number]} levels of templates deep, and Argo Workflows takes {LEVELS}"
            note = "`suppress_errors` under a Serial with `stop_on_error=False`, and at the root, takes one more"
            report.error("C371", message, node=plan.path(number), site=row.site, notes=(note,), help="nest less")
            return


def _check_leaf(plan: Plan, number: int, found: Leaf, report: Report) -> None:
    row, where = plan.rows[number], {"node": plan.path(number), "site": plan.rows[number].site}
    texts = go_size(found.texts) if found.texts else 0
    size = go_size(found.template)
    if size > LEAF_BYTES or texts > TEXTS_BYTES:
        kind, size, most = ("ConfigMap", texts, TEXTS_BYTES) if texts > TEXTS_BYTES else ("pod", size, LEAF_BYTES)
        message = f"the {kind} of this node would have {size:,} bytes, and Kubernetes takes {most:,}"
        report.error("C373", message, help="put what is long in its env into a file of the image", **where)
    if row.image is not None and not _IMAGE.fullmatch(row.image):
        message = f"no image can be named {label(row.image)!r}"
        report.error("C374", message, help="name it as for `docker pull`", **where)


def _check_size(plan: Plan, spec: Mapping[str, Any], report: Report) -> None:
    size = go_size(spec) + STATE_BYTES * sum(plan.runs)
    if size > WORKFLOW_BYTES:
        message = f"a run of this pipeline would take {size:,} bytes, and Argo Workflows takes {WORKFLOW_BYTES:,}"
        note = "these are the commands and env of all nodes, and the state of the run"
        help = "split the pipeline into several files, or put long commands into files of the image"
        report.error("C372", message, node="/", site=plan.rows[0].site, notes=(note,), help=help)
