"""Repositories that git itself makes, for tests that need a real one; `command.tracked` needs no git."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WHO = ("-c", "user.name=us", "-c", "user.email=us@example.org")
_NO_CONFIG = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder: Path, *words: str) -> str:
    """What git says, whoever runs the tests and whatever is their configuration. Raises CalledProcessError."""
    env = {**os.environ, **_NO_CONFIG}
    done = subprocess.run(
        ["git", *_WHO, *words], cwd=folder, env=env, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout.removesuffix("\n")


def initialised(folder: Path) -> Path:
    """The folder, a repository on its branch `main`."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


def commit(folder: Path) -> str:
    """Commit all that is there; the commit."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=all")
    return git(folder, "rev-parse", "HEAD")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a bare clone of a repository, as git's own server on this machine gives it."""
    with tempfile.TemporaryDirectory(prefix="git-served-") as base:
        git(folder, "clone", "--quiet", "--bare", ".", f"{base}/x.git")
        port = _free_port()
        words = ["git", "daemon", "--export-all", f"--base-path={base}", "--listen=127.0.0.1", f"--port={port}", base]
        server = subprocess.Popen([*words, "--reuseaddr"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            address = f"git://127.0.0.1:{port}/x.git"
            for _ in range(100):
                if subprocess.run(["git", "ls-remote", address], capture_output=True, check=False).returncode == 0:
                    break
            else:
                raise AssertionError("git daemon does not answer")
            yield address
        finally:
            server.terminate()
            server.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
