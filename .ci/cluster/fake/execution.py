"""Runs a container's command to its end, by a process here or by docker."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from container import CannotMake, Container, write_files

# The exit status of `docker run` where docker failed; a command may end with it too, but then there is a container.
DOCKER_FAILED = 125
CONTAINER_ID = "container"


@dataclass(frozen=True)
class Result:
    """How a command ended: exit status (128 + signal if killed), its output, and whether the deadline ended it."""

    status: int
    output: str
    late: bool


class Execution:
    """One command, started by `run` and ended early by `end`."""

    def __init__(self, container: Container, name: str, grace: float, docker: bool) -> None:
        self.container = container
        self.name = name
        self.grace = grace
        self.docker = docker
        self.ended = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, limit: float | None) -> Result:
        """Runs the command. What it left running is killed when it has ended. Raises CannotMake."""
        with tempfile.TemporaryDirectory(prefix="conducto-pod-") as folder, tempfile.TemporaryFile() as output:
            argv, env = self._words(Path(folder))
            late = False
            try:
                self.process = subprocess.Popen(
                    argv,
                    env=env,
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            except OSError as error:
                return Result(127, f"{error}\n", False)
            try:
                status = self.process.wait(limit)
            except subprocess.TimeoutExpired:
                late = True
                self.end()
                status = self.process.wait()
            self._signal(signal.SIGKILL)
            self.ended.set()
            output.seek(0)
            text = output.read().decode("utf-8", "surrogateescape")
            made = not self.docker or status != DOCKER_FAILED or (Path(folder) / CONTAINER_ID).exists()
        if not made:
            raise CannotMake(text)
        return Result(status if status >= 0 else 128 - status, text, late)

    def end(self) -> None:
        """SIGTERM, and SIGKILL after the pod's grace period."""
        if self.docker:
            subprocess.run(["docker", "stop", "-t", str(int(self.grace)), self.name], capture_output=True, check=False)
            return
        self._signal(signal.SIGTERM)
        threading.Timer(self.grace, self._kill).start()

    def _kill(self) -> None:
        """The end of the grace period."""
        if not self.ended.is_set():
            self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        """To the whole process group, which may be gone."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def _words(self, folder: Path) -> tuple[list[str], dict[str, str]]:
        """The words and variables to start here."""
        made = self.container
        if not self.docker:
            return made.argv, {"PATH": os.environ["PATH"]} | made.env
        options = [f"--cidfile={folder / CONTAINER_ID}"]
        options += [f"--volume={here}:{path}:ro" for here, path in write_files(made.files, folder)]
        options += [f"--env={name}={value}" for name, value in made.env.items()]
        options += [f"--workdir={made.directory}"] if made.directory else []
        # --init: pid 1 gets no signal that it does not handle, not even from itself; Argo's emissary is pid 1 in a pod.
        run = ["docker", "run", "--rm", "--init", f"--name={self.name}", "--label=conducto-ci-pod", "--network=host"]
        return [*run, "--pull=never", "--entrypoint=", *options, made.image, *made.argv], dict(os.environ)
