"""Processes that measure, each alone: with ours installed, or in the original's own virtual environment."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ORIGINAL = "0.1.28"

#: The checkout comes last on the path: what is installed counts, ours or the original.
_BOOT = """\
import sys
sys.path[:1] = []
sys.path.append(sys.argv.pop(1))
from tests.benchmarks import child
child.main(*sys.argv[1:])
"""


def original() -> str:
    """The interpreter that has the original; made once, under the user's cache folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "conducto-benchmarks" / f"original-{ORIGINAL}-{sys.version_info[0]}.{sys.version_info[1]}"
    stamp, python = folder / ".installed", folder / "bin" / "python"
    if not stamp.exists():
        venv.create(folder, clear=True, with_pip=True)
        words = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"conducto=={ORIGINAL}"]
        subprocess.run(words, check=True)
        stamp.touch()
    return str(python)


def child(python: str, *words: str) -> Any:
    """What child.py says of `words`."""
    # Outside of the checkout, where `import conducto` would be of the folder.
    done = subprocess.run(
        [python, "-c", _BOOT, str(ROOT), *words], cwd="/", capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def seconds(words: list[str], folder: Path) -> float:
    """The CPU seconds, user and system, of a whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, 6)
