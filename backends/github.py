"""GitHub Actions: a workflow with a job for each Exec."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Set

from conducto.diagnostics import Report
from conducto.header import header
from conducto.ir.plan import Origin, Plan
from conducto.naming import FILE, mangle
from conducto.quantities import DOCKER_LEAST_MEMORY
from conducto.targets import Document, Files, Limits
from conducto.text import comment, shell_word

from .github_checks import FILE_BYTES, check_job, check_needs, check_secrets, check_time
from .github_job import CHECKOUT, CHECKOUT_VERSION, OPTIONS, idle_job, ids, jobs, nearest
from .github_order import forgiven_rows, gates
from .github_schema import SCHEMA
from .github_script import script
from .github_step import SCRIPTS, parts, place, shared
from .github_text import label

#: A branch that `on.push.branches`, a list of patterns, takes for itself.
_BRANCH = {
    "type": "string",
    "description": "the name of one branch, without blanks and characters of patterns",
    "pattern": r"^[^\s\0-\x1f\x7f~^:?*\[\\{}$+!-][^\s\0-\x1f\x7f~^:?*\[\\{}$+!]*$(?!\n)",
}

_SAYS = ("secret", "requires_docker", "max_time", "retries", "dockerfile", "installs", "code", "clone", "shell")


class GitHub:
    """The emitter of target `github`."""

    name = "github"
    title = "GitHub Actions"
    #: Our env passes GitHub's own by, so that no name is reserved.
    limits = Limits(
        file_bytes=FILE_BYTES,
        needs_repository=True,
        checks_out=True,
        least_memory=DOCKER_LEAST_MEMORY,
        says=frozenset((*_SAYS, "platform", "runtime")),
    )
    schema: Optional[Mapping[str, Any]] = SCHEMA
    settings: Mapping[str, Any] = {"default-branch": _BRANCH}
    options: Mapping[str, Any] = OPTIONS

    def output(self, origin: Origin) -> str:
        """The workflow file: GitHub looks for it in this folder only."""
        return f".github/workflows/{mangle(origin.name, FILE)}.yml"

    def usage(self, origin: Origin) -> List[str]:
        """By GitHub's own command line, or on this machine by act; pushes and pull requests need no command."""
        file = origin.output.rpartition("/")[2]
        return [f"gh workflow run {shell_word(file)}", f"act workflow_dispatch -W {shell_word(origin.shown_output)}"]

    def document(self, plan: Plan, report: Report) -> Document:
        """The workflow (key for key as in the file, but for the scripts in its `env`), the parts that each script is made of,
        the comments of jobs, and the versions that actions stand for.

        Complains of what GitHub would not take or wait for: see github_checks.
        """
        plan, origin = nearest(plan), plan.origin
        order = gates(plan, forgiven_rows(plan))
        check_needs(plan, order, report)
        found = {} if report.errors else jobs(plan, order)
        for number, job in found.items():
            check_job(plan, number, job, report)
            check_secrets(plan, number, report)
            check_time(plan, number, self, report)
        names = ids(plan)
        workflow: Dict[str, Any] = {"name": label(origin.name), "on": _triggers(plan), "permissions": {}}
        if shared(plan):
            workflow["env"] = shared(plan)
        workflow["jobs"] = {names[number]: job for number, job in found.items()} or {"nothing": idle_job()}
        return {
            "output": origin.output or self.output(origin),
            "header": header(origin, self.name, self.usage(origin)),
            "workflow": workflow,
            "scripts": _scripts(plan),
            "comments": _comments(plan, names),
            "versions": {CHECKOUT: CHECKOUT_VERSION},
        }

    def render(self, document: Document) -> Files:
        """The one file."""
        from conducto.templating import render, source, yaml

        wanted = document["scripts"]
        scripts = {SCRIPTS[place]: script(place, set(needs)) for place, needs in wanted.items()}
        if {"code", "clone"} & set(wanted.get("docker", ())):
            scripts["CONDUCTO_LIST"] = source("code.sh").rstrip("\n")
        return {document["output"]: render("github/workflow.yml.j2", yaml, **{**document, "scripts": scripts})}


def _triggers(plan: Plan) -> Dict[str, Any]:
    branch = plan.settings.get("default-branch", "main")
    return {"push": {"branches": [branch]}, "pull_request": {}, "workflow_dispatch": {}}


def _scripts(plan: Plan) -> Dict[str, List[str]]:
    """Place -> what its script must be able to do."""
    found: Dict[str, Set[str]] = {}
    for number in plan.leaves():
        row = plan.rows[number]
        found.setdefault(place(row), set()).update(parts(row))
    return {place: sorted(found[place]) for place in sorted(found)}


def _comments(plan: Plan, names: Mapping[int, str]) -> Dict[str, List[str]]:
    """What people are told of a job: its node's doc, and its tags."""
    found = {}
    for number, name in names.items():
        row = plan.rows[number]
        lines = [comment(line) for line in (row.doc or "").split("\n") if line.strip()]
        lines += [comment("tags: " + ", ".join(row.tags))] if row.tags else []
        if lines:
            found[name] = lines
    return found
