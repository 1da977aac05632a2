"""Runs jobs as GitHub workflows, by act: on this machine itself, or each job and each Exec in a container."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .job import Job
from .look import DOCKER, ENV, FILES, IMAGE, LIMITS
from .meeting import Desk, by_folder, count_in
from .observe import Run, read
from .runner import Prepared, Runner, at_once, outcome, prepared
from .shell import Finished, RunnerError, call
from .source import secrets

_EVENT = "push"
_OUTPUT = ".github/workflows/{name}.yml"
_ACT_FAILED = 1
_STOPPED = re.compile(r"::stop-commands::(\S+)")
_STEP = re.compile(r"⭐ Run Main bash -c ")
_ON_HOST = '[tool.conducto.github]\ndefault-image = ""\n'
_DOCKER = Path(__file__).parents[2] / ".ci" / "images"
_UNREADY = "Failure - Set up job"


class _Act(ABC):
    """What both ways have in common."""

    name: str
    pace: float
    batch: int
    sees: frozenset[str]
    # More than the two that act would take on two cores: siblings that wait for each other must both be running.
    _at_once: int
    _platform: str
    _image = ""

    def __init__(self) -> None:
        self._act = tool("act")

    def run(self, jobs: Sequence[Job]) -> list[Run]:
        """Run the jobs, all at once, one Run each."""
        return at_once(jobs, self._one)

    @abstractmethod
    def meet(self, mine: str, other: str) -> str: ...

    @abstractmethod
    def count(self, token: str) -> str: ...

    def _one(self, job: Job) -> Run:
        with prepared(job, "github", _OUTPUT, runner=self, image=self._image) as made:
            done = self._act_on(made)
            if not _whole(done.text):
                raise RunnerError(f"act lost what a step printed:\n{done.text}")
            return made.run(read(done.text), outcome(done.status, _ACT_FAILED), done.text)

    def _act_on(self, made: Prepared) -> Finished:
        with environment() as env:
            words = [self._act, _EVENT, "-P", f"ubuntu-24.04={self._platform}", "--pull=false", "--rm"]
            words += ["--concurrent-jobs", str(self._at_once), "--no-cache-server", "-W", str(made.output)]
            words += [word for name, text in secrets().items() for word in ("-s", f"{name}={text}")]
            done = call(words, cwd=made.folder, allowed=(0, _ACT_FAILED), env=env)
        if "🏁" not in done.text or _UNREADY in done.text:
            raise RunnerError(f"act ran no job, or not every one:\n{done.text}")
        return done


class Host(_Act):
    """Jobs on this machine, without containers."""

    name = "github-host"
    pace = 1.0
    batch = 4
    sees = frozenset((ENV,))
    _at_once = 16
    _platform = "-self-hosted"

    def __init__(self) -> None:
        super().__init__()
        self._meeting = tempfile.TemporaryDirectory(prefix="conformance-meet-")

    def meet(self, mine: str, other: str) -> str:
        """Shell text that succeeds once both siblings have run it."""
        return by_folder(self._meeting.name, mine, other)

    def count(self, token: str) -> str:
        """Shell text that puts into `$n` how often it was run by now."""
        return count_in(self._meeting.name, token)

    def _one(self, job: Job) -> Run:
        # On the host act does not wait for the last output of a step that fails (`exec` of its host_environment.go): what
        # it lost is in a file that the commands write into, too.
        with (
            tempfile.NamedTemporaryFile(dir=self._meeting.name, suffix=".log") as sink,
            prepared(job, "github", _OUTPUT, runner=self, config=_ON_HOST, sink=sink.name) as made,
        ):
            done = self._act_on(made)
            seen = done.text if _whole(done.text) else Path(sink.name).read_text(encoding="utf-8")
            return made.run(read(seen), outcome(done.status, _ACT_FAILED), done.text)


class Docker(_Act):
    """Jobs in containers that have a docker client, Execs in containers beside them."""

    name = "github-docker"
    pace = 3.0
    batch = 2
    sees = frozenset((ENV, IMAGE, LIMITS, DOCKER, FILES))
    _at_once = 4
    _platform = "local/runner:1"
    _image = "local/busybox:1"

    def __init__(self) -> None:
        super().__init__()
        self._desk: Desk | None = None
        self._gateway = ""

    def meet(self, mine: str, other: str) -> str:
        """Shell text that succeeds once both siblings have run it."""
        return self._at_desk().text(self._gateway, mine, other)

    def count(self, token: str) -> str:
        """Shell text that puts into `$n` how often it was run by now."""
        return self._at_desk().count(self._gateway, token)

    def _at_desk(self) -> Desk:
        if self._desk is None:
            self._desk, self._gateway = Desk(), gateway(self._image)
        return self._desk


RUNNERS: Mapping[str, Callable[[], Runner]] = {"github-host": Host, "github-docker": Docker}


def _whole(text: str) -> bool:
    """Whether every step's first line is there, and its last: the token that the first gave."""
    tokens = _STOPPED.findall(text)
    steps = len(_STEP.findall(text))
    return len(tokens) == steps and all(f"::{token}::" in text for token in tokens)


def tool(name: str) -> str:
    """A program beside this interpreter or on the PATH; RunnerError if there is none."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if not found:
        raise RunnerError(f"no {name}: install the test dependencies")
    return found


@contextmanager
def environment(workflow: str | None = None) -> Iterator[dict[str, str]]:
    """For one run of act: this process's environment, with the docker of .ci/images where there is one, and a home of its
    own, where act keeps checkouts and settings.

    Of runs of the same file name `workflow` there is one at a time: act calls its containers by workflow and job alone.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "GITHUB_", "RUNNER_"))}
    client = shutil.which("docker")
    if client is not None:
        kept.update(DOCKER_CLIENT=client, PATH=f"{_DOCKER}{os.pathsep}{kept['PATH']}")
    with ExitStack() as stack:
        if workflow is not None:
            lock = stack.enter_context(Path(tempfile.gettempdir(), f"conducto-act-{workflow}.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        home = tempfile.TemporaryDirectory(prefix="conducto-act-", ignore_cleanup_errors=True)
        yield {**kept, "HOME": stack.enter_context(home)}


def gateway(image: str) -> str:
    """This machine's address as a container of the default network knows it; RunnerError if it has none.

    A container is asked: what `docker network inspect` says lacks it where the engine found its bridge ready made.
    """
    words = ["docker", "run", "--rm", image, "ip", "route"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    found = re.search(r"^default via (\S+)", done.stdout, re.MULTILINE)
    if done.returncode or not found:
        raise RunnerError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return found[1]
