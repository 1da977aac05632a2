"""The output of a target run for real, as a user runs it, and what was seen of each node."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.argo_cluster import Cluster
from tests.conformance import runner_github as act
from tests.github_act import whole
from tests.machine import Machine

#: How many Execs run at once at most, where that can be said: enough for those that only wait.
AT_ONCE = 8
#: A label of runners besides GitHub's own: a job on one of these is in a container of act's, any other on this machine.
LABEL = "golden"
# On the host act does not wait for the last output of a step that fails (`exec` of its host_environment.go).
_ATTEMPTS = 5


@dataclass
class Ran:
    """A run that has ended: whether it is done; by the paths of nodes the lines of each Exec that was started, those of all
    attempts one after another; what people see of a node: comments, names, labels; and, for who looks into a failing test,
    what the target told of the run.
    """

    target: str
    done: bool
    printed: dict[str, list[str]] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    told: str = ""

    def add(self, path: str, lines: Sequence[str]) -> None:
        """Note what an Exec printed."""
        self.printed.setdefault(path, []).extend(lines)

    def show(self, path: str, text: str) -> None:
        """Note what people see of a node."""
        self.shown[path] = f"{self.shown.get(path, '')}{text}\n"


def run(target: str, file: Path, secrets: Mapping[str, str] | None = None, flags: Sequence[str] = ()) -> Ran:
    """Run a file to its end, in its repository's folder where that counts. `secrets` are those of `co.Secret`; on Argo they
    are keys of the Secret `golden`, in small letters. `flags` are further words for make.
    """
    if target == "make":
        return _make(file, secrets or {}, flags)
    return _github(file, secrets or {}) if target == "github" else _argo(file, secrets or {})


def needs(target: str) -> tuple[str, ...]:
    """What it takes to run a target."""
    docker = ("docker", "git", "image:python:3.13-slim", "image:local/busybox:1")
    return {
        "make": ("make", *docker),
        "github": ("act", "image:local/runner:1", *docker),
        "argo": ("argo", "cluster", "git"),
    }[target]


def _make(file: Path, secrets: Mapping[str, str], flags: Sequence[str]) -> Ran:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "CONDUCTO"))}
    words = ["make", "-f", str(file), f"-j{AT_ONCE}", *flags]
    env = {**kept, **secrets}
    done = subprocess.run(words, cwd=file.parent, env=env, capture_output=True, timeout=600, check=False)
    said = done.stdout.decode(errors="replace")
    assert done.returncode in (0, 2), said + done.stderr.decode(errors="replace")
    ran = Ran("make", done.returncode == 0, told=done.stderr.decode(errors="replace"))
    for comment, name in re.findall(r"((?:^#.*\n)+)(\S+):", file.read_text(encoding="utf-8"), re.MULTILINE):
        ran.show(f"/{name}", comment)
    for line in said.split("\n"):
        node, bar, rest = line.partition(" | ")
        if bar:
            ran.add(f"/{node}", [rest])
    return ran


def _github(file: Path, secrets: Mapping[str, str]) -> Ran:
    folder = file.parent.parent.parent
    text = file.read_text(encoding="utf-8")
    workflow: Mapping[str, Any] = yaml.safe_load(text)
    paths = {name: job["steps"][-1]["env"]["CONDUCTO_NODE"] for name, job in workflow["jobs"].items()}
    for _ in range(_ATTEMPTS):
        done, records = _act(file, folder, secrets)
        if whole(records):
            break
    else:
        raise AssertionError(f"act lost what a step printed last, {_ATTEMPTS} times")
    ran = Ran("github", done, told="\n".join(record["msg"] for record in records if "jobResult" in record))
    for comment, name in re.findall(r"((?:^  #.*\n)+)  (\S+):\n", text, re.MULTILINE):
        ran.show(paths[name], comment)
    names = {(record["jobID"], record["job"]) for record in records if record.get("jobID") in paths}
    for job, name in sorted(names):
        ran.show(paths[job], name)
    for job, path in paths.items():
        said = "".join(record["msg"] for record in records if record.get("raw_output") and record.get("jobID") == job)
        if said:
            ran.add(path, said.rstrip("\n").split("\n"))
    return ran


def _act(file: Path, folder: Path, secrets: Mapping[str, str]) -> tuple[bool, list[dict[str, Any]]]:
    words = [act.tool("act"), "push", "--json", "--pull=false", "--rm", "--no-cache-server", "-W", str(file)]
    words += ["-P", "ubuntu-24.04=-self-hosted", "-P", f"{LABEL}=local/runner:1", "--concurrent-jobs", str(AT_ONCE)]
    words += [word for name in secrets for word in ("-s", name)]
    with act.environment(file.name) as env:
        done = subprocess.run(
            words, cwd=folder, env={**env, **secrets}, capture_output=True, text=True, timeout=600, check=False
        )
    said = done.stdout + done.stderr
    assert done.returncode in (0, 1), said
    records = [json.loads(line) for line in said.split("\n") if line.startswith("{")]
    assert any("jobResult" in record for record in records), said
    return done.returncode == 0, records


def _argo(file: Path, secrets: Mapping[str, str]) -> Ran:
    cluster = Cluster(Machine(), file.parent)
    if secrets:
        cluster.keep_secret("golden", **{name.lower(): value for name, value in secrets.items()})
    objects = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    (name,) = [found["metadata"]["name"] for found in objects if found["kind"] == "WorkflowTemplate"]
    ended = cluster.run_file(file, name)
    nodes = ended.workflow["status"].get("nodes", {}).values()
    failed = [f"{node['displayName']}: {node.get('message')}" for node in nodes if node["phase"] != "Succeeded"]
    ran = Ran("argo", ended.done, told="\n".join([*failed, *(f"{path}: {said}" for path, said in ended.argo.items())]))
    for pod in ended.pods:
        ran.add(pod.path, pod.lines)
        meta, status = pod.spec["metadata"], pod.spec["status"]
        told = [meta["labels"], meta["annotations"], status.get("reason"), status.get("message")]
        ran.show(pod.path, json.dumps(told, ensure_ascii=False))
    return ran
