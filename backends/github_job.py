"""The job of an Exec."""

from __future__ import annotations

import copy
import math
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence

from conducto.ir.plan import Plan
from conducto.ir.tree import Row, Tree

from .github_order import Gate, condition, forgiven_rows
from .github_step import checks_out, step
from .github_text import job_ids, labels

RUNNER = "ubuntu-24.04"
#: Minutes: the most that GitHub gives a job on a runner of its own, and what a job has that names no limit; the most of a
#: job on another's runner.
TIMEOUT, LONGEST = 360, 7_200
#: Minutes that a job is given for what its step does besides running the command.
_MARGIN = 10
#: An action, with the release that the commit is of.
CHECKOUT, CHECKOUT_VERSION = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"

_INERT = {
    "type": "string",
    "minLength": 1,
    "maxLength": 255,
    "pattern": r"^[^\u0000-\u001f\u007f]*[^\s\u0000-\u001f\u007f][^\u0000-\u001f\u007f]*$(?!\n)",
    "not": {"pattern": r"\$\{\{"},
}

#: The JSON schemas of what `options={"github": {...}}` of a node may hold.
OPTIONS: Mapping[str, Any] = {
    "runs-on": {"anyOf": [_INERT, {"type": "array", "items": _INERT, "minItems": 1}]},
    "environment": _INERT,
    "timeout-minutes": {"type": "integer", "minimum": 1, "maximum": LONGEST},
}


def jobs(plan: Plan, order: Mapping[int, Gate]) -> Dict[int, Dict[str, Any]]:
    """The jobs of the Execs in `order`, by their rows."""
    names = ids(plan)
    titles = labels({plan.path(number): plan.rows[number].title or plan.path(number) for number in order})
    forgiven = forgiven_rows(plan)
    asked = {number for gate in order.values() if not gate.plain for number in gate.required}
    found = {}
    for number, gate in order.items():
        job = {"name": titles[plan.path(number)], **_job(plan, number, gate, names, forgiven, number in asked)}
        found[number] = job
    return found


def ids(plan: Plan) -> Dict[int, str]:
    """The id of each Exec's job."""
    by_path = job_ids(plan.path(number) for number in plan.leaves())
    return {number: by_path[plan.path(number)] for number in plan.leaves()}


def idle_job() -> Dict[str, Any]:
    """The job of a workflow with nothing to run."""
    run = {"run": "echo nothing to run"}
    return {"name": "nothing", "runs-on": RUNNER, "timeout-minutes": TIMEOUT, "steps": [run]}


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
    job.update(_runner(row))
    main = step(plan, number)
    if forgiven[number]:
        main = {"continue-on-error": True, **main}
        if asked:
            main = {"id": "run", **main}
            job["outputs"] = {"outcome": "${{ steps.run.outcome }}"}
    if checks_out(row):
        job["permissions"] = {"contents": "read"}
        job["steps"] = [{"uses": CHECKOUT, "with": {"persist-credentials": False}}, main]
    else:
        job["steps"] = [main]
    return job


def _runner(row: Row) -> Dict[str, Any]:
    """Where a job runs, and how long it may."""
    options = row.options.get("github", {})
    keys: Dict[str, Any] = {"runs-on": options.get("runs-on", RUNNER)}
    if "environment" in options:
        keys["environment"] = options["environment"]
    return {**keys, "timeout-minutes": given_minutes(row)}


def wanted_minutes(row: Row) -> int:
    """The minutes that a job must be given, lest GitHub end it before the `max_time` of its Exec has passed; else 0."""
    return 0 if row.max_time is None else math.ceil(row.max_time * (1 + row.retries) / 60) + _MARGIN


def given_minutes(row: Row) -> int:
    """The minutes that a job is given."""
    options = row.options.get("github", {})
    most = LONGEST if "runs-on" in options else TIMEOUT
    given: int = options.get("timeout-minutes", min(max(TIMEOUT, wanted_minutes(row)), most))
    return given


def nearest(plan: Plan) -> Plan:
    """The plan with each group's `max_time`, where less than that was allowed, as one of each Exec in it."""
    if all(row.max_time is None for row in plan.rows if row.kind != "exec"):
        return plan
    limits: List[Optional[int]] = []
    for row in plan.rows:
        limits.append(_least((row.max_time, limits[row.parent] if row.parent >= 0 else None)))
    found = copy.copy(plan)
    found.tree = Tree([row._replace(max_time=limit) for row, limit in zip(plan.rows, limits)])
    return found


def _least(seconds: Iterable[Optional[int]]) -> Optional[int]:
    return min((each for each in seconds if each is not None), default=None)
