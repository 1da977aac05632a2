"""GitHub Actions: a workflow with a job for each Exec."""

from __future__ import annotations

from collections import Counter
from typing import Any, Dict, List, Mapping, Sequence

from conducto.diagnostics import Report
from conducto.header import header
from conducto.ir.plan import Origin, Plan
from conducto.naming import FILE, mangle
from conducto.quantities import DOCKER_LEAST_MEMORY
from conducto.targets import Document, Files, Limits
from conducto.text import comment, shell_word, yaml_lines

from .github_order import Gate, condition, forgiven_rows, gates
from .github_schema import SCHEMA
from .github_step import SCRIPTS, script_name, step
from .github_text import job_ids, label, labels

RUNNER = "ubuntu-24.04"
#: Minutes: the most that GitHub gives a job on a runner of its own, and what a job has that names no limit.
TIMEOUT = 360
#: An action, with the release that the commit is of.
CHECKOUT, CHECKOUT_VERSION = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"

#: Where a workflow's limits are from: docs.github.com, "Actions limits" (file, expression); the kernel (an env entry); and
#: the sum of all `needs`, which is nowhere written: some 4,700 failed to start, without a message.
FILE_BYTES, EXPRESSION_LENGTH, ENV_BYTES, NEEDS = 512_000, 21_000, 131_071, 4_000

#: A branch that `on.push.branches`, a list of patterns, takes for itself.
_BRANCH = {"type": "string", "pattern": r"^[^\s~^:?*\[\\{}$+!-][^\s~^:?*\[\\{}$+!]*$(?!\n)"}


class GitHub:
    """The emitter of target `github`."""

    name = "github"
    title = "GitHub Actions"
    #: Our env passes GitHub's own by, so that no name is reserved.
    limits = Limits(file_bytes=FILE_BYTES, needs_repository=True, least_memory=DOCKER_LEAST_MEMORY)
    schema: Mapping[str, Any] = SCHEMA
    settings: Mapping[str, Any] = {"default-branch": _BRANCH}

    def output(self, origin: Origin) -> str:
        """The workflow file: GitHub looks for it in this folder only."""
        return f".github/workflows/{mangle(origin.name, FILE)}.yml"

    def usage(self, origin: Origin) -> List[str]:
        """By GitHub's own command line, or on this machine by act; pushes and pull requests need no command."""
        file = origin.output.rpartition("/")[2]
        return [f"gh workflow run {shell_word(file)}", f"act workflow_dispatch -W {shell_word(origin.shown_output)}"]

    def document(self, plan: Plan, report: Report) -> Document:
        """The workflow (key for key as in the file), the comments of its jobs, the versions that its actions stand for.

        Complains of too many needs (C340), conditions too long (C341), and an Exec too large for an env entry (C342) or for
        the file (C343).
        """
        origin = plan.origin
        order = gates(plan, forgiven_rows(plan))
        _check_needs(plan, order, report)
        workflow = {"name": label(origin.name), "on": _triggers(plan), "permissions": {}}
        jobs = {} if report.errors else _jobs(plan, order, report)
        scripts = {script_name(plan.rows[number]) for number in plan.leaves()}
        if scripts:
            workflow["env"] = {name: SCRIPTS[name] for name in sorted(scripts)}
        return {
            "output": origin.output or self.output(origin),
            "header": header(origin, self.name, self.usage(origin)),
            "workflow": {**workflow, "jobs": jobs or {"nothing": _idle_job()}},
            "comments": _comments(plan),
            "versions": {CHECKOUT: CHECKOUT_VERSION},
        }

    def render(self, document: Document) -> Files:
        """The one file."""
        from conducto.templating import render, yaml

        return {document["output"]: render("github/workflow.yml.j2", yaml, **document)}


def _triggers(plan: Plan) -> Dict[str, Any]:
    branch = plan.settings.get("default-branch", "main")
    return {"push": {"branches": [branch]}, "pull_request": {}, "workflow_dispatch": {}}


def _jobs(plan: Plan, order: Mapping[int, Gate], report: Report) -> Dict[str, Any]:
    ids = _ids(plan)
    names = labels(plan.path(number) for number in order)
    forgiven = forgiven_rows(plan)
    asked = {number for gate in order.values() if not gate.plain for number in gate.required}
    jobs = {}
    for number, gate in order.items():
        job = {"name": names[plan.path(number)], **_job(plan, number, gate, ids, forgiven, number in asked)}
        _check_job(plan, number, job, report)
        jobs[ids[number]] = job
    return jobs


def _ids(plan: Plan) -> Dict[int, str]:
    by_path = job_ids(plan.path(number) for number in plan.leaves())
    return {number: by_path[plan.path(number)] for number in plan.leaves()}


def _job(
    plan: Plan, number: int, gate: Gate, ids: Mapping[int, str], forgiven: Sequence[bool], asked: bool
) -> Dict[str, Any]:
    """The job of an Exec but for its name; `asked` tells that another one's condition is about it.

    A failure that is forgiven is so in the step: `continue-on-error` of a job would make its failure look like a success
    to its own siblings, and act fails the run.
    """
    row = plan.rows[number]
    job: Dict[str, Any] = {}
    if gate.needs:
        job["needs"] = [ids[other] for other in gate.needs]
    test = condition(gate, ids, forgiven)
    if test is not None:
        job["if"] = test
    job.update({"runs-on": RUNNER, "timeout-minutes": TIMEOUT})
    main = step(plan, number)
    if forgiven[number]:
        main = {"continue-on-error": True, **main}
        if asked:
            main = {"id": "run", **main}
            job["outputs"] = {"outcome": "${{ steps.run.outcome }}"}
    if row.image is None:
        job["permissions"] = {"contents": "read"}
        job["steps"] = [{"uses": CHECKOUT, "with": {"persist-credentials": False}}, main]
    else:
        job["steps"] = [main]
    return job


def _idle_job() -> Dict[str, Any]:
    run = {"run": "echo nothing to run"}
    return {"name": "nothing", "runs-on": RUNNER, "timeout-minutes": TIMEOUT, "steps": [run]}


def _comments(plan: Plan) -> Dict[str, str]:
    ids = _ids(plan)
    return {ids[n]: comment(plan.rows[n].doc or "") for n in plan.leaves() if plan.rows[n].doc}


def _check_needs(plan: Plan, order: Mapping[int, Gate], report: Report) -> None:
    edges: Counter[int] = Counter()
    for gate in order.values():
        edges[gate.group] += len(gate.needs)
    total = sum(edges.values())
    if total > NEEDS:
        worst, most = edges.most_common(1)[0]
        message = (
            f"the jobs of this pipeline would need each other {total:,} times, and GitHub Actions takes some {NEEDS:,}"
        )
        note = f"{most:,} of these between the children of this node"
        help = "put an Exec between two large Parallels, or split the pipeline into several files"
        report.error("C340", message, node=plan.path(worst), site=plan.rows[worst].site, notes=(note,), help=help)


def _check_job(plan: Plan, number: int, job: Mapping[str, Any], report: Report) -> None:
    """Complain of what GitHub or the runner would refuse at run time, without a message or with a cryptic one."""
    row = plan.rows[number]
    where: Dict[str, Any] = {"node": plan.path(number), "site": row.site}
    size = len(job.get("if", ""))
    if size > EXPRESSION_LENGTH:
        message = (
            f"the condition of this node's job would have {size:,} characters, and the most is {EXPRESSION_LENGTH:,}"
        )
        help = "put an Exec before it that runs after all these, or use shorter names"
        report.error("C341", message, help=help, **where)
    for key, value in row.env.items():
        size = len(f"CONDUCTO_ENV_{key}={value}".encode())
        if size > ENV_BYTES:
            message = f"env `{key}` would take {size:,} bytes, and a runner takes {ENV_BYTES:,}"
            report.error("C342", message, help="put it into a file of the copied code", **where)
    size = len("\n".join(yaml_lines(job, 4)).encode())
    if size > FILE_BYTES:
        message = (
            f"this node alone would take {size:,} bytes of the {FILE_BYTES:,} that GitHub Actions takes for a file"
        )
        report.error("C343", message, help="put its command into a file of the copied code", **where)
