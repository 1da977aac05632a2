"""Argo Workflows: a WorkflowTemplate of nested `steps`, with the ServiceAccount that its pods need."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Tuple

from ..diagnostics import Report
from ..header import header
from ..ir.plan import Origin, Plan
from ..naming import KUBERNETES, mangle
from ..targets import Document, Files, Limits
from .argo_leaf import CONFIG_BYTES, Leaf, leaf
from .argo_names import ENTRYPOINT, forgiving_name, object_name, step_name, template_names
from .argo_schema import SCHEMA
from .argo_text import inert

#: What the CRDs of Argo 4 take for `spec.templates` and for `dag.tasks`.
TEMPLATES = TASKS = 200
#: Argo calls templates from templates 99 deep, the root's and the leaf's counted; the hundredth fails.
DEPTH = 99
#: A Workflow is refused from 1 MiB on, its status included: about 100 bytes a node, compressed.
WORKFLOW_BYTES, STATUS_BYTES = 1_048_576, 100

_FORGIVEN = {"failed": True, "error": True}


class Argo:
    """The emitter of target `argo`."""

    name = "argo"
    title = "Argo Workflows"
    limits = Limits(needs_image=True)
    schema: Mapping[str, Any] = SCHEMA
    settings: Mapping[str, Any] = {}

    def output(self, origin: Origin) -> str:
        """Beside the source."""
        return f"{origin.folder}/{origin.stem}.argo.yaml" if origin.folder else f"{origin.stem}.argo.yaml"

    def usage(self, origin: Origin) -> List[str]:
        """Once to apply it, then once for each run."""
        name = mangle(origin.name, KUBERNETES)
        return [
            f"kubectl apply --server-side -f {origin.output}",
            f"argo submit --wait --from workflowtemplate/{name}",
        ]

    def document(self, plan: Plan, report: Report) -> Document:
        """The objects: `access` (what a pod may do), `texts` (what is too large for a pod's own), `workflow`.

        Complains of a tree that is too deep (C370), has too many groups (C371) or too many children in a Serial that goes on
        after errors (C372), is too large (C373), and of texts that no ConfigMap holds (C374).
        """
        name = object_name(plan)
        leaves = {number: leaf(plan, number) for number in plan.leaves()}
        templates = _Templates(plan, leaves).all()
        _check(plan, leaves, templates, report)
        return {
            "output": plan.origin.output or self.output(plan.origin),
            "header": header(plan.origin, self.name, self.usage(plan.origin)),
            "access": _access(name),
            "texts": [found.config for found in leaves.values() if found.config is not None],
            "workflow": {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "WorkflowTemplate",
                "metadata": {"name": name},
                "spec": {"serviceAccountName": name, "entrypoint": ENTRYPOINT, "templates": templates},
            },
        }

    def render(self, document: Document) -> Files:
        """The one file."""
        from ..templating import render, yaml

        return {document["output"]: render("argo/pipeline.yaml.j2", yaml, **document)}


def _access(name: str) -> List[Dict[str, Any]]:
    """A pod reports its result by an object of its own, and needs the right to do that and no other."""
    group = "rbac.authorization.k8s.io"
    rule = {"apiGroups": ["argoproj.io"], "resources": ["workflowtaskresults"], "verbs": ["create", "patch"]}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}},
        {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": {"name": name}, "rules": [rule]},
        {
            "apiVersion": f"{group}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": group, "kind": "Role", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": name}],
        },
    ]


class _Templates:
    """Makes the templates of a plan: one for each group, and one around each forgiven child of a DAG."""

    def __init__(self, plan: Plan, leaves: Mapping[int, Leaf]) -> None:
        self.plan = plan
        self.leaves = leaves
        self.names = template_names(plan)

    def all(self) -> List[Dict[str, Any]]:
        """The root's first, then in the order of the tree."""
        if self.plan.empty:
            return [{"name": ENTRYPOINT, "suspend": {"duration": "0"}}]
        found: List[Dict[str, Any]] = []
        for number, row in enumerate(self.plan.rows):
            if not self.plan.runs[number]:
                continue
            if _wrapped(self.plan, number):
                found.append(self._around(number))
            if row.kind != "exec" or (number == 0 and not row.suppress_errors):
                found.append(self._template(number))
        return found

    def _around(self, number: int) -> Dict[str, Any]:
        """One step that calls a node and forgives its failure. The root's is what a run begins with."""
        name = ENTRYPOINT if number == 0 else forgiving_name(self.names[number])
        step = step_name(self.plan.rows[number].name) if number else "run"
        return {"name": name, "steps": [[{"name": step, **self._call(number), "continueOn": _FORGIVEN}]]}

    def _template(self, number: int) -> Dict[str, Any]:
        row = self.plan.rows[number]
        named: Dict[str, Any] = {"name": self._name(number)}
        if row.kind == "exec":
            return {**named, **self.leaves[number].template}
        if row.doc:
            named["metadata"] = {"annotations": {"conducto.io/doc": inert(row.doc)}}
        children = self.plan.children(number)
        if row.kind == "serial" and not row.stop_on_error:
            return {**named, "dag": self._dag(children)}
        steps = [self._step(child) for child in children]
        return {**named, "steps": [steps] if row.kind == "parallel" else [[step] for step in steps]}

    def _name(self, number: int) -> str:
        return f"{ENTRYPOINT}---root" if number == 0 and _wrapped(self.plan, 0) else self.names[number]

    def _call(self, number: int) -> Dict[str, Any]:
        if self.plan.rows[number].kind == "exec":
            return {"inline": self.leaves[number].template}
        return {"template": self._name(number)}

    def _step(self, number: int) -> Dict[str, Any]:
        row = self.plan.rows[number]
        forgiven = {"continueOn": _FORGIVEN} if row.suppress_errors else {}
        return {"name": step_name(row.name), **self._call(number), **forgiven}

    def _dag(self, children: List[int]) -> Dict[str, Any]:
        """A chain in which each task runs however the one before ended; it fails if any of `target`, all of them, failed."""
        tasks: List[Dict[str, Any]] = []
        for child in children:
            task: Dict[str, Any] = {"name": step_name(self.plan.rows[child].name)}
            if tasks:
                before = tasks[-1]["name"]
                task["depends"] = f"{before} || {before}.Failed || {before}.Errored || {before}.Omitted"
            wrapped = _wrapped(self.plan, child)
            call = {"template": forgiving_name(self.names[child])} if wrapped else self._call(child)
            tasks.append({**task, **call})
        return {"failFast": False, "target": " ".join(task["name"] for task in tasks), "tasks": tasks}


def _wrapped(plan: Plan, number: int) -> bool:
    """Whether a node's failure is forgiven by a template around it: a DAG's task and the root have no `continueOn`."""
    row = plan.rows[number]
    if not row.suppress_errors:
        return False
    return number == 0 or (plan.rows[row.parent].kind == "serial" and not plan.rows[row.parent].stop_on_error)


def _check(plan: Plan, leaves: Mapping[int, Leaf], templates: List[Dict[str, Any]], report: Report) -> None:
    """Complain of what Argo or Kubernetes would refuse, when the file is applied or only when it runs."""
    _check_depth(plan, report)
    if len(templates) > TEMPLATES:
        message = f"this tree would have {len(templates):,} templates, and Argo Workflows takes {TEMPLATES:,}"
        help = "there is one for each group: use fewer of them, or split the pipeline into several files"
        report.error("C371", message, node="/", site=plan.rows[0].site, help=help)
    for number, row in enumerate(plan.rows):
        count = len(plan.children(number)) if row.kind == "serial" and not row.stop_on_error else 0
        if count > TASKS:
            message = f"this Serial has {count:,} children, and with `stop_on_error=False` Argo Workflows takes {TASKS:,}"
            help = "put them into several Serials of that kind inside it"
            report.error("C372", message, node=plan.path(number), site=row.site, help=help)
    for number, found in leaves.items():
        size = sum(len(text) for text in found.config["binaryData"].values()) if found.config else 0
        if size > CONFIG_BYTES:
            message = f"the texts of this node have {size:,} bytes in base64, and a ConfigMap takes {CONFIG_BYTES:,}"
            help = "put them into a file of the copied code"
            report.error("C374", message, node=plan.path(number), site=plan.rows[number].site, help=help)
    _check_size(plan, templates, report)


def _check_depth(plan: Plan, report: Report) -> None:
    depths: List[int] = []
    for number, row in enumerate(plan.rows):
        depths.append((depths[row.parent] if number else 0) + 1 + _wrapped(plan, number))
        if plan.runs[number] and depths[number] > DEPTH:
            message = f"this node would be {depths[number]:,} templates deep, and Argo Workflows takes {DEPTH:,}"
            help = "nest less: a Serial in a Serial, or a Parallel in a Parallel, can often be one"
            report.error("C370", message, node=plan.path(number), site=row.site, help=help)
            return


def _check_size(plan: Plan, templates: List[Dict[str, Any]], report: Report) -> None:
    sizes: List[Tuple[int, str]] = [(len(json.dumps(template)), template["name"]) for template in templates]
    total = sum(size for size, _ in sizes) + STATUS_BYTES * sum(plan.runs)
    if total > WORKFLOW_BYTES:
        size, largest = max(sizes)
        message = f"a Workflow of this tree would have {total:,} bytes with its status, and Argo Workflows takes {WORKFLOW_BYTES:,}"
        note = f"the largest template is {largest}, of {size:,} bytes"
        help = "split the pipeline into several files, or put commands into files of the images"
        report.error("C373", message, node="/", site=plan.rows[0].site, notes=(note,), help=help)
