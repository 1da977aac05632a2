"""`conducto` as a process that need not import anything first: a fork of one that has.

A test that asks for many compilations gets them in a tenth of the time. What starting means (the installed script, another
environment, another Python) is the matter of the tests that start it: `command.run`.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

_SERVER = Path(__file__).with_name("drivers") / "forks.py"
#: What an environment may say without Python having to start anew to heed it.
_HEARD_LATE = ("CONDUCTO", "NO_COLOR", "GIT_", "HOME", "PATH", "TMPDIR", "XDG_", "SECRET", "PYTEST_", "MAKE", "COLUMNS")


class _Server:
    """The process that is forked; one for each process of the tests."""

    def __init__(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="conducto-forks-")
        self._address = f"{folder.name}/socket"
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        words = [sys.executable, str(_SERVER), self._address]
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.environment, cwd=folder.name
        )
        if not self._process.stdout or self._process.stdout.readline() != b"ready\n":
            raise RuntimeError(f"{_SERVER.name} did not start")
        atexit.register(self._end, folder)

    def _end(self, folder: tempfile.TemporaryDirectory[str]) -> None:
        self._process.kill()
        self._process.wait()
        folder.cleanup()

    def run(self, asked: Mapping[str, object], files: Sequence[int], timeout: float) -> int:
        """The exit status; TimeoutExpired as of `subprocess`, after which nothing of it is left."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(self._address)
            socket.send_fds(connection, [json.dumps(asked).encode() + b"\n"], list(files))
            with connection.makefile("r") as said:
                pid = int(said.readline())
                try:
                    return int(said.readline() or 1)
                except TimeoutError:
                    os.killpg(pid, signal.SIGKILL)
                    raise subprocess.TimeoutExpired(str(asked["words"]), timeout) from None


_starting = threading.Lock()
_servers: list[_Server] = []


def _server() -> _Server:
    with _starting:
        if not _servers:
            _servers.append(_Server())
        return _servers[0]


def can(env: Mapping[str, str]) -> bool:
    """Whether a command in this environment is the same in a fork."""
    old = _server().environment
    other = {key for key in {*old, *env} if old.get(key) != env.get(key)}
    return all(key.startswith(_HEARD_LATE) for key in other)


def conducto(words: Sequence[str], cwd: Path, env: Mapping[str, str], files: Sequence[int], timeout: float) -> int:
    """The exit status of `conducto WORDS`; `files`: its standard input, output and error."""
    asked = {"words": list(words), "cwd": str(cwd), "env": dict(env)}
    return _server().run(asked, files, timeout)
