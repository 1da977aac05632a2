"""The golden examples: what people wrote of each, and what is made of it."""

from __future__ import annotations

import shutil
from pathlib import Path

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
EXAMPLES = sorted(path.parent.name for path in GOLDEN.glob("*/pipeline.py"))
TARGETS = ("argo", "github", "make")


def write(example: str, folder: Path) -> None:
    """Put what people wrote of an example into a folder."""
    made = shutil.ignore_patterns(*TARGETS, "plan.txt", "tree.txt", "__pycache__")
    shutil.copytree(GOLDEN / example, folder, ignore=made, dirs_exist_ok=True)
