"""The golden examples: what people wrote of each, and which targets it is for."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

from tests.built import OURS, ROOT

GOLDEN = ROOT / "golden"
EXAMPLES = sorted(path.parent.name for path in GOLDEN.glob("*/pipeline.py"))


def write(example: str, folder: Path) -> None:
    """Put what people wrote of an example into a folder."""
    made = shutil.ignore_patterns(*OURS, "plan.txt", "tree.txt", "__pycache__")
    shutil.copytree(GOLDEN / example, folder, ignore=made, dirs_exist_ok=True)


def goldens() -> list[Path]:
    """The pipelines of the golden examples that every target of ours takes."""
    found = [path for path in sorted(GOLDEN.glob("*/pipeline.py")) if targets_of(path) == OURS]
    assert found, "there is no golden/*/pipeline.py"
    return found


def targets_of(pipeline: Path) -> tuple[str, ...]:
    """The targets that an example is for: those that its pyproject.toml names, else all of ours."""
    project = pipeline.with_name("pyproject.toml")
    table = tomllib.loads(project.read_text(encoding="utf-8")) if project.exists() else {}
    return tuple(table.get("tool", {}).get("conducto", {}).get("targets", OURS))
