"""Forty shell scripts of the kind that people put into pipelines.

Those named `bash_*` need bash, the others any POSIX shell. Each is deterministic, reads nothing, asks for no network
and for no tool that busybox lacks, and cleans up behind itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Shell = Literal["sh", "bash"]
FOLDER = Path(__file__).parent / "scripts"


@dataclass(frozen=True)
class Script:
    """A script: its file's stem, its text, and the least shell that runs it."""

    name: str
    text: str
    shell: Shell


def _read(path: Path) -> Script:
    """The script in a file, its bytes unchanged."""
    return Script(path.stem, path.read_bytes().decode(), "bash" if path.stem.startswith("bash_") else "sh")


SCRIPTS: list[Script] = [_read(path) for path in sorted(FOLDER.glob("*.sh"))]
