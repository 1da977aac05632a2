"""Runs the texts' pipelines by make, each Exec in a container, and reads what make left in the run's state."""
from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from .carry import CompileFailed, Leaf, RunFailed, TextRunner

_STATUS = re.compile(r"exit status (\d+), ")
_PATIENCE = 600  # seconds
# What a make above this process tells a make below it: these runs are of nobody's.
_FROM_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MAKE_TERMOUT", "MAKE_TERMERR")


class _Docker:
    """What `make-docker` names."""

    def run(self, source: str, names: Sequence[str], compiler: Sequence[str]) -> Mapping[str, Leaf]:
        """Compile and run the text of a pipeline.py; each Exec that ran, by its name."""
        with tempfile.TemporaryDirectory(prefix="texts-make-") as temporary:
            folder = Path(temporary)
            (folder / "pipeline.py").write_text(source, encoding="utf-8", newline="\n")
            words = [*compiler, "compile", "--target", "make", "pipeline.py", "-o", "pipeline.mk"]
            done = subprocess.run(words, cwd=folder, capture_output=True, timeout=_PATIENCE, check=False)
            if done.returncode:
                raise CompileFailed((done.stdout + done.stderr).decode(errors="replace"))
            nodes = _make(folder, "list", allowed=(0,)).split()
            _make(folder, "STATE=state", allowed=(0, 2))
            # Nodes are listed in the order of the tree, under names of make's; the root is `all`.
            targets = dict(zip([node for node in nodes if node != "all"], names, strict=True))
            return {name: leaf for target, name in targets.items() if (leaf := _leaf(folder / "state", target))}


RUNNERS: Mapping[str, TextRunner] = {"make-docker": _Docker()}


def _make(folder: Path, *words: str, allowed: Sequence[int]) -> str:
    """What a make says; RunFailed where it ends with another status than those allowed."""
    env = {key: value for key, value in os.environ.items() if key not in _FROM_MAKE}
    words = ("make", "-f", "pipeline.mk", "-j4", *words)
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, timeout=_PATIENCE, check=False)
    if done.returncode not in allowed:
        raise RunFailed((done.stdout + done.stderr).decode(errors="replace"))
    return done.stdout.decode(errors="replace")


def _leaf(state: Path, target: str) -> Leaf | None:
    """What the log of a node holds, and how it ended; None if it did not run."""
    flat = target.replace("/", ",")
    failed, log = state / "failed" / flat, state / "log" / f"{flat}.log"
    if failed.exists():
        status = _STATUS.match(failed.read_text())
        return Leaf(log.read_bytes(), int(status[1])) if status else None
    return Leaf(log.read_bytes(), 0) if (state / "done" / flat).exists() else None
