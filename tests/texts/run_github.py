"""Runs the texts' pipelines as GitHub workflows: act's jobs on this machine, each Exec in a container."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ..conformance.runner_github import environment
from .carry import CompileFailed, Leaf, RunFailed, TextRunner

_STATUS = re.compile(r"exit status (\d+)")
_PATIENCE = 600  # seconds


class _DockerRun:
    """What `github-docker-run` names."""

    def run(self, source: str, names: Sequence[str], compiler: Sequence[str]) -> Mapping[str, Leaf]:
        """Compile and run the text of a pipeline.py; each Exec that ran, by its name."""
        with tempfile.TemporaryDirectory(prefix="texts-github-") as temporary:
            folder = Path(temporary)
            (folder / "pipeline.py").write_text(source, encoding="utf-8", newline="\n")
            words = [*compiler, "compile", "--target", "github", "pipeline.py", "-o", "pipeline.yml"]
            done = subprocess.run(words, cwd=folder, capture_output=True, timeout=_PATIENCE, check=False)
            if done.returncode:
                raise CompileFailed((done.stdout + done.stderr).decode(errors="replace"))
            records = _act(folder)
            # The jobs stand in the order of the Execs.
            jobs = dict(zip(_job_ids(folder / "pipeline.yml"), names, strict=True))
        return {name: leaf for job, name in jobs.items() if (leaf := _leaf(job, records))}


RUNNERS: Mapping[str, TextRunner] = {"github-docker-run": _DockerRun()}


def _job_ids(workflow: Path) -> list[str]:
    """The ids of a workflow's jobs, in order; RunFailed where it is no YAML."""
    try:
        return list(yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"])
    except yaml.YAMLError as error:
        raise RunFailed(str(error)) from error


def _act(folder: Path) -> list[dict[str, Any]]:
    """What act logs of running the workflow in a folder; RunFailed where it ran none of it."""
    act = shutil.which("act", path=str(Path(sys.executable).parent)) or shutil.which("act") or "act"
    words = [act, "push", "--json", "-P", "ubuntu-24.04=-self-hosted", "--no-cache-server", "-W", "pipeline.yml"]
    with environment() as env:
        done = subprocess.run(words, cwd=folder, env=env, capture_output=True, timeout=_PATIENCE, check=False)
    log = (done.stdout + done.stderr).decode(errors="replace")
    records = [record for line in log.split("\n") if (record := _record(line))]
    if not any("jobResult" in record for record in records):
        raise RunFailed(log)
    return records


def _record(line: str) -> dict[str, Any]:
    """A line of act's log, or nothing where it is none."""
    try:
        record = json.loads(line)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _leaf(job: str, records: Iterable[Mapping[str, Any]]) -> Leaf | None:
    """What the command of a job printed, between the two lines of ours, and how it ended; None if it did not run."""
    mine = [record for record in records if record.get("jobID") == job]
    token = next((record["arg"] for record in mine if record.get("command") == "stop-commands"), None)
    if token is None:
        return None
    printed: list[str] = []
    for record in mine:
        if record.get("command") == token:
            # Our line begins with a newline, so that it is one whatever the command printed last.
            return Leaf("".join(printed).removesuffix("\n").encode(), _status(mine))
        if record.get("raw_output"):
            printed.append(record["msg"])
        elif record.get("command") == "ignored":
            printed.append(record["raw"])
    # Of a step that fails, act on the host may lose the last lines (`exec` of its host_environment.go): ours.
    return Leaf("".join(printed).encode(), _status(mine))


def _status(mine: Iterable[Mapping[str, Any]]) -> int:
    """The exit status of a job's step."""
    found = [match for record in mine if (match := _STATUS.fullmatch(record.get("msg", "")))]
    return int(found[0][1]) if found else 0
