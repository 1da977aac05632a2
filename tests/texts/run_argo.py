"""Runs the texts' pipelines as Argo Workflows, each Exec in a container of docker (the cluster's node `fake-docker`)."""

from __future__ import annotations

import json
import secrets
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from tests.kubernetes import Api
from tests.machine import Machine

from .carry import CompileFailed, Leaf, RunFailed, TextRunner

_PATIENCE = 600  # seconds
_PHASES = {0: "Succeeded", 1: "Failed"}  # by the exit status of `argo submit --wait`


class _FakeDocker:
    """What `argo` names."""

    def run(self, source: str, names: Sequence[str], compiler: Sequence[str]) -> Mapping[str, Leaf]:
        """Compile and run the text of a pipeline.py; each Exec that ran, by its name."""
        run = f"t{secrets.token_hex(6)}"
        with tempfile.TemporaryDirectory(prefix="texts-argo-") as temporary:
            folder = Path(temporary)
            (folder / f"{run}.py").write_text(source, encoding="utf-8", newline="\n")
            words = [*compiler, "compile", "--target", "argo", f"{run}.py", "-o", "pipeline.yaml"]
            done = subprocess.run(words, cwd=folder, capture_output=True, timeout=_PATIENCE, check=False)
            if done.returncode:
                raise CompileFailed((done.stdout + done.stderr).decode(errors="replace"))
            (folder / "run.yaml").write_text(json.dumps(_workflow(run)), encoding="utf-8")
            _submit(folder, run)
            leaves = _leaves(run)
            # The steps stand in the order of the Execs, and the last part of a node's name is its step.
            return {name: leaves[step] for step, name in zip(_steps(folder), names, strict=True) if step in leaves}


RUNNERS: Mapping[str, TextRunner] = {"argo": _FakeDocker()}


def _workflow(name: str) -> dict[str, object]:
    """A Workflow of the template, on the stand-in node; the file itself never names a node."""
    spec = {"workflowTemplateRef": {"name": name}, "podSpecPatch": json.dumps({"nodeName": "fake-docker"})}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": name}, "spec": spec}


def _submit(folder: Path, run: str) -> None:
    """Apply the file and run its workflow to the end; RunFailed where Kubernetes or Argo takes exception to it."""
    machine = Machine()
    api = Api(Path(machine.env("cluster")["KUBECONFIG"]))
    _call(folder, machine.path("cluster"), "apply", "--server-side", "--validate=false", "-f", "pipeline.yaml")
    try:
        status, said = _call(folder, machine.path("argo"), "submit", "--wait", "run.yaml", allowed=tuple(_PHASES))
        ended = api.get("Workflow", run)["status"]
        if ended["phase"] != _PHASES[status]:
            raise RunFailed(f"{ended}\n{said}")
        api.delete("Workflow", run)
    finally:
        api.delete_all(folder / "pipeline.yaml")


def _call(folder: Path, *words: str, allowed: Sequence[int] = (0,)) -> tuple[int, str]:
    """Exit status and output of a command; RunFailed for a status that is not allowed."""
    env = Machine().env("cluster")
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, timeout=_PATIENCE, check=False)
    said = (done.stdout + done.stderr).decode(errors="replace")
    if done.returncode not in allowed:
        raise RunFailed(f"{' '.join(words)}: exit status {done.returncode}\n{said}")
    return done.returncode, said


def _steps(folder: Path) -> list[str]:
    """The names of the steps of the root, a Parallel, in order."""
    objects = yaml.safe_load_all((folder / "pipeline.yaml").read_text(encoding="utf-8"))
    template = next(found for found in objects if found["kind"] == "WorkflowTemplate")
    return [step["name"] for step in template["spec"]["templates"][0]["steps"][0]]


def _leaves(run: str) -> dict[str, Leaf]:
    """What each step of a workflow printed, and how it ended."""
    file = Path(Machine().env("cluster")["CONDUCTO_CLUSTER_EVENTS"])
    events = [event for line in file.read_text("ascii").splitlines() if (event := json.loads(line))["workflow"] == run]
    ends = [event for event in events if event["event"] == "end"]
    return {end["step"].rpartition(".")[2]: Leaf(_bytes(end["output"]), end["status"]) for end in ends}


def _bytes(output: str) -> bytes:
    """The bytes of an output in which those that are no UTF-8 stand as lone surrogates."""
    return output.encode(errors="surrogateescape")
