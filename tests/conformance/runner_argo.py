"""Runs jobs as Argo Workflows on the cluster of .ci/cluster: on its stand-in node, or on its real one."""

from __future__ import annotations

import atexit
import json
import subprocess
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from secrets import token_hex

from tests.kubernetes import Api
from tests.machine import Machine, Missing

from . import attributes
from .job import Job
from .look import ENV, IMAGE
from .meeting import Desk, by_folder, count_in
from .observe import Run, Seen, merged, read
from .runner import Prepared, Runner, at_once, outcome, prepared
from .shell import Finished, RunnerError, call
from .source import secrets

_OUTPUT = "{name}.argo.yaml"
_IMAGE = "local/busybox:1"
_ARGO_FAILED = 1
_PHASES = {0: "Succeeded", _ARGO_FAILED: "Failed"}  # by the exit status of `argo submit --wait`


class _Cluster(ABC):
    """What both ways have in common."""

    name: str
    pace: float
    batch: int
    sees: frozenset[str]

    def __init__(self) -> None:
        machine = Machine()
        try:
            self._argo, self._kubectl = machine.path("argo"), machine.path("cluster")
            self._env = machine.env("cluster")
            self._api = Api(Path(self._env["KUBECONFIG"]))
        except Missing as error:
            raise RunnerError(str(error)) from error
        self._config = ""
        self._lock = threading.Lock()

    @abstractmethod
    def meet(self, mine: str, other: str) -> str: ...

    @abstractmethod
    def count(self, token: str) -> str: ...

    def _keep_secrets(self) -> None:
        """Put ours into the cluster, in a Secret of this runner's own, which goes with this process."""
        if self._config:
            return
        name = f"conformance-{token_hex(6)}"
        words = [f"--from-literal={key}={text}" for key, text in secrets().items()]
        call([self._kubectl, "create", "secret", "generic", name, *words], cwd=Path.cwd(), env=self._env)
        places = [f'secrets.{key} = {{name = "{name}", key = "{key}"}}' for key in secrets()]
        self._config = "\n".join(["[tool.conducto.argo]", *places, ""])
        gone = [self._kubectl, "delete", "--ignore-not-found", "secret", name]
        atexit.register(subprocess.run, gone, env=self._env, stdout=subprocess.DEVNULL, check=False)

    def run(self, jobs: Sequence[Job]) -> list[Run]:
        """Run the jobs, all at once, one Run each."""
        if any(attributes.has(job.expected, "secret") for job in jobs):
            with self._lock:
                self._keep_secrets()
        return at_once(jobs, self._one)

    @abstractmethod
    def _one(self, job: Job) -> Run: ...

    def _call(self, made: Prepared, *words: str, allowed: Sequence[int] = (0,)) -> Finished:
        return call(words, cwd=made.folder, env=self._env, allowed=allowed)

    def _status(self, made: Prepared, *words: str) -> int:
        """How the applied template's workflow, of the pipeline's fresh name, ends; `words`: what to submit."""
        # Strictly is a matter of the validators, whose client asks for all schemas of the cluster each time.
        self._call(made, self._kubectl, "apply", "--server-side", "--validate=false", "-f", made.output.name)
        done = self._call(made, self._argo, "submit", "--wait", "--name", made.name, *words, allowed=tuple(_PHASES))
        ended = self._api.get("Workflow", made.name)["status"]
        if ended["phase"] != _PHASES[done.status]:
            raise RunnerError(f"argo submit ended with {done.status}, and the workflow with {ended}\n{done.text}")
        return done.status

    def _forget(self, made: Prepared) -> None:
        """Delete what the run made in the cluster."""
        self._api.delete("Workflow", made.name)
        self._api.delete_all(made.output)


class Fake(_Cluster):
    """Commands as processes of this machine, under the real controller."""

    name = "argo"
    pace = 1.5
    batch = 8
    sees = frozenset((ENV,))

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="conformance-argo-")

    def meet(self, mine: str, other: str) -> str:
        """Shell text that succeeds once both siblings have run it."""
        return by_folder(self._folder.name, mine, other)

    def count(self, token: str) -> str:
        """Shell text that puts into `$n` how often it was run by now."""
        return count_in(self._folder.name, token)

    def _one(self, job: Job) -> Run:
        # The logs of a run are one for each pod, so the commands write into one file, too.
        with (
            tempfile.NamedTemporaryFile(dir=self._folder.name, suffix=".log") as sink,
            prepared(job, "argo", _OUTPUT, runner=self, config=self._config, image=_IMAGE, sink=sink.name) as made,
        ):
            file = made.folder / "run.yaml"
            file.write_text(json.dumps(_workflow(made.name)), encoding="utf-8")
            status = self._status(made, file.name)
            seen = read(Path(sink.name).read_text(encoding="utf-8"))
            self._forget(made)
            return made.run(seen, outcome(status, _ARGO_FAILED))


class Local(_Cluster):
    """Commands in containers of the real kubelet, submitted as a user does."""

    name = "argo-local"
    pace = 4.0
    batch = 2
    sees = frozenset((ENV, IMAGE))

    def __init__(self) -> None:
        super().__init__()
        self._desk: Desk | None = None

    def meet(self, mine: str, other: str) -> str:
        """Shell text that succeeds once both siblings have run it (all pods use this machine's network)."""
        self._desk = self._desk or Desk()
        return self._desk.text("127.0.0.1", mine, other)

    def count(self, token: str) -> str:
        """Shell text that puts into `$n` how often it was run by now."""
        self._desk = self._desk or Desk()
        return self._desk.count("127.0.0.1", token)

    def _one(self, job: Job) -> Run:
        with prepared(job, "argo", _OUTPUT, runner=self, config=self._config, image=_IMAGE, clock=True) as made:
            status = self._status(made, "--from", f"workflowtemplate/{made.name}")
            seen = self._logs(made)
            self._forget(made)
            return made.run(seen, outcome(status, _ARGO_FAILED))

    def _logs(self, made: Prepared) -> list[Seen]:
        """What the pods of a run printed, in the order of time."""
        pods = self._api.find("Pod", f"workflows.argoproj.io/workflow={made.name}")
        return merged([self._api.log(pod["metadata"]["name"]) for pod in pods])


RUNNERS: Mapping[str, Callable[[], Runner]] = {"argo": Fake, "argo-local": Local}


def _workflow(name: str) -> dict[str, object]:
    """A Workflow of the template, on the stand-in node; the file itself never names a node."""
    spec = {"workflowTemplateRef": {"name": name}, "podSpecPatch": json.dumps({"nodeName": "fake"})}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": name}, "spec": spec}
