"""Workflows run by act, and what became of each job: on this machine itself, or each job in a container (WAYS)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conducto.ir.plan import Plan
from tests.conformance import runner_github as act
from tests.github_plans import ORIGIN, document, text
from tests.repositories import commit, initialised

#: Way -> what act runs a hosted runner's job on.
WAYS = {"host": "-self-hosted", "docker": "local/runner:1"}
# On the host act does not wait for the last output of a step that fails (`exec` of its host_environment.go).
_ATTEMPTS = 20


@dataclass(frozen=True)
class Job:
    """How a job went: whether its Exec was run, what that printed, whether the job succeeded, and the seconds of its step."""

    ran: bool
    lines: tuple[str, ...]
    done: bool
    seconds: float


def checkout(folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """A repository with these files committed, and a pipeline's folder."""
    for name, content in {"sub/ci.py": "", **(files or {})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    commit(initialised(folder))
    return folder


def run(
    plan: Plan, folder: Path, way: str = "host", secrets: Mapping[str, str] | None = None, labels: Iterable[str] = ()
) -> dict[str, Job]:
    """Run the workflow of a plan in a checkout; its jobs by id. `labels` are of runners besides the hosted one."""
    file = folder / ORIGIN.output
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text(plan), encoding="utf-8")
    names = list(document(plan)["workflow"]["jobs"])
    for _ in range(_ATTEMPTS):
        records = _records(file, folder, way, secrets or {}, labels)
        if whole(records):
            return {name: _job([record for record in records if record.get("jobID") == name]) for name in names}
    raise AssertionError(f"act lost what a step printed last, {_ATTEMPTS} times: {records}")


def _records(
    file: Path, folder: Path, way: str, secrets: Mapping[str, str], labels: Iterable[str]
) -> list[dict[str, Any]]:
    words = [act.tool("act"), "push", "--json", "--pull=false", "--rm", "--no-cache-server", "-W", str(file)]
    for label in ("ubuntu-24.04", *labels):
        words += ["-P", f"{label}={WAYS[way]}"]
    for name in secrets:
        words += ["-s", name]
    with act.environment(file.name) as env:
        done = subprocess.run(
            words, cwd=folder, env={**env, **secrets}, capture_output=True, text=True, timeout=300, check=False
        )
    said = done.stdout + done.stderr
    records = [json.loads(line) for line in said.split("\n") if line.startswith("{")]
    assert done.returncode in (0, 1), said
    assert any("jobResult" in record for record in records), said
    failed = {record["jobResult"] for record in records if "jobResult" in record} - {"success"}
    assert done.returncode == bool(failed), said
    return records


def whole(records: Sequence[Mapping[str, Any]]) -> bool:
    """Whether of each step that ran an Exec the last line is there (the token that its first gave), and any line of each job
    that failed: what fails says why.
    """
    tokens = {record["arg"] for record in records if record.get("command") == "stop-commands"}
    failed = {record["jobID"] for record in records if record.get("jobResult") == "failure"}
    said = {record.get("jobID") for record in records if record.get("raw_output") or record.get("command")}
    return tokens <= {record.get("command") for record in records} and failed <= said


def _job(records: list[dict[str, Any]]) -> Job:
    lines = "".join(record["msg"] for record in records if record.get("raw_output")).rstrip("\n").split("\n")
    steps = [record for record in records if "CONDUCTO_" in str(record.get("step"))]
    seconds = [record["executionTime"] / 1e9 for record in steps if "executionTime" in record]
    ran = any(record.get("command") == "stop-commands" for record in records)
    results = [record["jobResult"] for record in records if "jobResult" in record]
    return Job(ran, tuple(lines), results[-1:] == ["success"], sum(seconds))
