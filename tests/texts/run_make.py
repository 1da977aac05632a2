"""Runs pipelines of texts by the make target, in docker."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from .carry import CompileFailed, Leaf, RunFailed

_STATUS = re.compile(r"exit status (\d+),")
# What a make above this process tells a make below it.
_FROM_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")


class MakeDocker:
    """Reads each Exec's log: the exact bytes of what it printed."""

    def run(self, source: str, names: Sequence[str], compiler: Sequence[str]) -> Mapping[str, Leaf]:
        """Compile and run; see TextRunner."""
        with tempfile.TemporaryDirectory(prefix="texts-", ignore_cleanup_errors=True) as temporary:
            folder = Path(temporary)
            (folder / "texts.py").write_bytes(source.encode())
            compiled = _call([*compiler, "compile", "--target", "make", "texts.py"], folder)
            if compiled.returncode:
                raise CompileFailed(compiled.stderr.decode(errors="replace"))
            ran = _call(["make", "-f", "texts.mk", "RUN_FLAGS=--network=host"], folder)  # starts in half the time
            listed = _call(["make", "-f", "texts.mk", "list"], folder).stdout.decode().split("\n")
            state = folder / ".conducto/state/texts"
            logs = zip(names, listed[1:])  # the root is the first
            found = {name: _leaf(state, target) for name, target in logs if (state / "log" / f"{target}.log").exists()}
            if not found:
                raise RunFailed((ran.stdout + ran.stderr).decode(errors="replace"))
            return found


def _call(argv: Sequence[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a command there."""
    env = {key: value for key, value in os.environ.items() if key not in _FROM_MAKE}
    try:
        return subprocess.run(
            argv, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RunFailed(str(error)) from error


def _leaf(state: Path, target: str) -> Leaf:
    """What an Exec left in the state of a run."""
    failed = state / "failed" / target
    said = _STATUS.match(failed.read_text()) if failed.exists() else None
    status = int(said[1]) if said else (0 if (state / "done" / target).exists() else -1)
    return Leaf((state / "log" / f"{target}.log").read_bytes(), status)


RUNNERS = {"make-docker": MakeDocker()}
