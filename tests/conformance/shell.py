"""Running the commands that a runner gives, every one of them checked."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class RunnerError(Exception):
    """A runner's own command went wrong: there is no observation."""


@dataclass(frozen=True)
class Finished:
    """A command that ended."""

    status: int
    text: str  # both its outputs, as they came


def call(
    argv: Sequence[str],
    *,
    cwd: Path,
    allowed: Collection[int] = (0,),
    env: Mapping[str, str] | None = None,
    timeout: float = 300,
) -> Finished:
    """Run a command to its end; RunnerError, with its output, for a status that is not allowed or no end in time.

    Its output goes to a file, so that a process left behind cannot hold us up. Its input is not empty:
    what reads it where it should not is found out.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as given:
        given.write(b"this input is not for a pipeline's commands\n")
        given.seek(0)
        try:
            process = subprocess.Popen(
                argv, cwd=cwd, env=env, stdin=given, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        except OSError as error:
            raise RunnerError(f"{argv[0]}: {error}") from error
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            _end(process)
            raise RunnerError(f"{_shown(argv)}: no end after {timeout:g} s\n{_text(output.fileno())}") from None
        except BaseException:  # an interruption must leave nothing running
            _end(process)
            raise
        text = _text(output.fileno())
    if status not in allowed:
        raise RunnerError(f"{_shown(argv)}: exit status {status}\n{text}")
    return Finished(status, text)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command and what it started, gently first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def _shown(argv: Sequence[str]) -> str:
    return " ".join(argv)[:300]


def _text(file: int) -> str:
    """What stands in an open file, from its start."""
    return os.pread(file, os.fstat(file).st_size, 0).decode(errors="replace")
