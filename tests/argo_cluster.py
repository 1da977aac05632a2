"""Plans run on the cluster of .ci/cluster: on its real node, as a user does it, or on its stand-in node, under the real
controller.
"""

from __future__ import annotations

import fcntl
import json
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conducto.ir.tree import Row
from tests.argo_rows import ARGO, checked, plan_of
from tests.conformance.shell import Finished, call
from tests.kubernetes import Api, Refused
from tests.machine import Machine

_FAILED = 1
_PHASES = {0: "Succeeded", _FAILED: "Failed"}


@dataclass(frozen=True)
class Pod:
    """A pod of a run that has ended: the path of its node, its object, and what its command printed.

    `start` and `end` are nanoseconds; 0 where only the stand-in node tells them.
    """

    path: str
    spec: Any
    text: str
    start: int = 0
    end: int = 0

    @property
    def lines(self) -> list[str]:
        """What the command itself printed, without Argo's own words."""
        return [line for line in self.text.splitlines() if line and not line.startswith(("time=", "Error: exit"))]


@dataclass(frozen=True)
class Ran:
    """A run that has ended: whether it is done, its Workflow, and its pods in the order in which they were made; and, for who
    looks into a failing test, what Argo's own container said where it failed, by the paths of nodes.
    """

    done: bool
    workflow: Any
    pods: Sequence[Pod]
    argo: Mapping[str, str]

    def of(self, path: str) -> list[Pod]:
        """The pods of a node, one for each attempt."""
        return [pod for pod in self.pods if pod.path == path]

    def text(self, path: str) -> list[str]:
        """The lines of a node that was tried once."""
        (pod,) = self.of(path)
        return pod.lines

    def most(self, below: str) -> int:
        """How many of the commands below a path ran at once."""
        times = [time for pod in self.pods if pod.path.startswith(below) for time in ((pod.start, 1), (pod.end, -1))]
        count = most = 0
        for _, change in sorted(times):
            count += change
            most = max(most, count)
        return most


class Cluster:
    """The cluster, in the hands of one test."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self.folder = folder
        self._argo, self._kubectl, self._env = machine.path("argo"), machine.path("cluster"), machine.env("cluster")
        self._api = Api(Path(self._env["KUBECONFIG"]))

    def run(self, rows: Sequence[Row], *words: str, real: bool = True, **more: Any) -> Ran:
        """Run a plan under a fresh name: `real` on the real node, submitted with `words`; else on the stand-in one. What
        Argo says of the run must agree with what its command line ended with.
        """
        name = f"t{secrets.token_hex(6)}"
        document, said = checked(plan_of(rows, name, **more))
        assert [found for found in said if found.severity == "error"] == []
        file = self.folder / f"{name}.argo.yaml"
        file.write_text(ARGO.render(document)[file.name], encoding="utf-8", newline="\n")
        return self.run_file(file, name, *words, real=real)

    def run_file(self, file: Path, name: str, *words: str, real: bool = True) -> Ran:
        """Run what stands in a file, whose WorkflowTemplate has that name (a fresh one).

        The controller sends SIGTERM to Argo's own container as soon as the command has ended (`cleanUpPod` of its operator.go).
        Where much starts at once that can be before the container hears signals: Go's runtime then ends it with 2 and without
        a word, for which no pipeline is to answer. It is run once more, under another name, and what comes of that counts.
        """
        with self._room(real and "cpu:" in file.read_text(encoding="utf-8")):
            ran = self._run_applied(file, name, name, words, real)
            if not ran.argo or any(ran.argo.values()):
                return ran
            return self._run_applied(file, name, f"{name}-again", words, real)

    @contextmanager
    def _room(self, asks: bool) -> Iterator[None]:
        """One at a time of those that ask for processors: the node has as many as the machine, and rejects what is too much."""
        with Path(tempfile.gettempdir(), "conducto-argo-room.lock").open("w") as lock:
            if asks:
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _run_applied(self, file: Path, template: str, name: str, words: Sequence[str], real: bool) -> Ran:
        self._apply(file)
        try:
            submit = ["--from", f"workflowtemplate/{template}", *words] if real else [self._on_stand_in(name)]
            ended = self._call(self._argo, "submit", "--wait", "--name", name, *submit, allowed=tuple(_PHASES))
            workflow = self._api.get("Workflow", name)
            assert workflow["status"]["phase"] == _PHASES[ended.status], workflow["status"].get("message")
            pods = self._pods(name, real)
            return Ran(ended.status == 0, workflow, pods, self._said_by_argo(pods) if real else {})
        finally:
            self._api.delete("Workflow", name)
            self._api.delete_all(file)

    def _said_by_argo(self, pods: Sequence[Pod]) -> dict[str, str]:
        """What Argo's own container said last in those pods where it failed."""
        states = [(pod, status) for pod in pods for status in pod.spec["status"].get("containerStatuses", ())]
        wrong = [pod for pod, status in states if status["name"] == "wait" and _exit(status) not in (None, 0)]
        found = {}
        for pod in wrong:
            with suppress(Refused):  # it may be gone
                found[pod.path] = self._api.log(pod.spec["metadata"]["name"], "wait")[-4000:].strip()
        return found

    def keep_secret(self, name: str, **keys: str) -> None:
        """A Secret under a name that a file of somebody's says; it stays, as others may be using it."""
        text = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": keys}
        file = self.folder / f"{name}.secret.json"
        file.write_text(json.dumps(text), encoding="utf-8")
        self._apply(file)

    @contextmanager
    def secret(self, **keys: str) -> Iterator[str]:
        """A Secret with these keys, under a fresh name."""
        name = f"s{secrets.token_hex(6)}"
        self.keep_secret(name, **keys)
        yield name
        self._api.delete("Secret", name)

    def _on_stand_in(self, name: str) -> str:
        spec = {"workflowTemplateRef": {"name": name}, "podSpecPatch": json.dumps({"nodeName": "fake"})}
        kind = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow"}
        (self.folder / "run.yaml").write_text(json.dumps({**kind, "metadata": {"name": name}, "spec": spec}))
        return "run.yaml"

    def _pods(self, name: str, real: bool) -> list[Pod]:
        found = self._api.find("Pod", f"workflows.argoproj.io/workflow={name}")
        found.sort(key=lambda pod: (pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]))
        paths = {pod["metadata"]["name"]: pod["metadata"]["annotations"]["conducto/node"] for pod in found}
        if not real:
            events = self._events(paths)
            pods = [Pod(paths[pod["metadata"]["name"]], pod, *events[pod["metadata"]["name"]]) for pod in found]
            return sorted(pods, key=lambda pod: pod.start)
        return [Pod(path, pod, self._log(pod)) for path, pod in zip(paths.values(), found, strict=True)]

    def _apply(self, file: Path) -> None:
        self._call(self._kubectl, "apply", "--server-side", "--validate=false", "--force-conflicts", "-f", str(file))

    def _log(self, pod: Any) -> str:
        """What a pod's command printed; "" where it was never started."""
        states = {status["name"]: status for status in pod["status"].get("containerStatuses", ())}
        if not states.get("main", {}).get("containerID"):
            return ""
        return self._api.log(pod["metadata"]["name"])

    def _events(self, names: Mapping[str, str]) -> dict[str, tuple[str, int, int]]:
        """The output, start and end of each pod of the stand-in node."""
        started: dict[str, int] = {}
        ended: dict[str, tuple[str, int, int]] = {}
        for line in Path(self._env["CONDUCTO_CLUSTER_EVENTS"]).read_text(encoding="ascii").splitlines():
            event = json.loads(line)
            if event["pod"] in names and event["event"] == "start":
                started[event["pod"]] = event["time"]
            elif event["pod"] in names:
                ended[event["pod"]] = (event["output"], started[event["pod"]], event["time"])
        return ended

    def _call(self, *words: str, allowed: tuple[int, ...] = (0,)) -> Finished:
        return call(words, cwd=self.folder, env=self._env, allowed=allowed)


def _exit(status: Any) -> int | None:
    """The exit status of a container, None while it has none."""
    found: int | None = status["state"].get("terminated", {}).get("exitCode")
    return found
