"""Launched pipelines as the tests see them: the commands as a user gives them, and what is left in the folder of a run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests import command
from tests.command import CONDUCTO, Ended
from tests.makefiles import environment, wait_for

#: A pipeline that ends done, one that fails, one that waits for a file `go` beside it, and one that is wrong.
PROGRAM = '''
import conducto as co

def run(n: int = 1, msg: str = "") -> co.Serial:
    """Builds and tests."""
    root = co.Serial()
    root["Build"] = co.Exec(f"echo build {n} {msg}; echo $PWD")
    root["Test"] = co.Parallel()
    for name in ("app", "web"):
        root["Test"][name] = co.Exec(f"echo test {name}")
    return root

def bad():
    root = co.Serial()
    root["a"] = co.Exec("exit 3")
    root["b"] = co.Exec("echo never")
    return root

def slow():
    return co.Exec("echo here; while [ ! -e go ]; do sleep 0.1; done")

def wrong():
    root = co.Serial()
    root["a"] = co.Exec(bad)
    return root

def chosen():
    root = co.Serial()
    root["a"] = co.Exec("true", image="alpine")
    return root

def number() -> int:
    return 1

def unhinted():
    return 1

if __name__ == "__main__":
    co.main(default=run)
'''
HOST = "--engine=host"


def project(folder: Path, text: str = PROGRAM, name: str = "f") -> Path:
    """A repository with a file of this text."""
    folder.mkdir(exist_ok=True)
    if not (folder / ".git").exists():
        command.repository(folder)
    return command.write(folder, **{name: text})


def local(folder: Path, name: str = "f") -> Path:
    """The folder of a launched pipeline."""
    return folder / ".conducto/local" / name


def ended(folder: Path, how: str, name: str = "f") -> set[str]:
    """The nodes that ended so: `done`, `failed` or `unrun`."""
    return {path.name.replace(",", "/") for path in (local(folder, name) / "state" / how).iterdir()}


def record(folder: Path, name: str = "f") -> Any:
    """What a launch noted of itself."""
    return json.loads((local(folder, name) / "launch.json").read_text())


def shell(folder: Path, text: str) -> Ended:
    """A command line that we told a user, as a shell runs it."""
    return command.run(folder, "sh", "-c", text)


def start(
    folder: Path, *words: str, said: str = "said", env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """`python WORDS` in a session of its own; what it says goes to a file of the folder."""
    with (folder / said).open("wb") as out:
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=folder,
            env={**environment(), "MARK": str(folder), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_here(folder: Path, name: str = "f-slow", node: str = "all") -> None:
    """Until the command of a node has said `here`."""
    log = local(folder, name) / "state/log" / f"{node}.log"
    wait_for(lambda: log.exists() and b"here" in log.read_bytes(), 60)


def on_path(folder: Path, text: str, name: str = "docker") -> Mapping[str, str]:
    """An environment in which a command is this shell script."""
    path = folder / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return {"PATH": f"{path.parent}:{os.environ['PATH']}"}


def age(folder: Path, days: float) -> None:
    """Let all that lies in a folder be so many days older."""
    for path in [folder, *folder.rglob("*")]:
        then = time.time() - days * 24 * 60 * 60
        os.utime(path, (then, then), follow_symlinks=False)


__all__ = ["CONDUCTO", "HOST", "PROGRAM", "age", "ended", "local", "on_path", "project", "record", "shell", "start"]
