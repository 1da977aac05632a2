"""The text of docs/coverage.md."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.built import OURS
from tests.coverage import probe
from tests.coverage.cells import EXAMPLES, IMAGES, NODES, Cell
from tests.coverage.probe import Compiler

FILE = Path(__file__).resolve().parents[2] / "docs" / "coverage.md"

_HEAD = """\
# What each target makes of each attribute

Made by `python -m tests.coverage`; do not edit. What the attributes mean is in [semantics.md](semantics.md), and by which means
each target does it in [targets.md](targets.md).

- **exact**: as `semantics.md` says.
- **refused**: the compiler says so with this error, naming the node.
- **approximate on request**: refused, unless `allow-approximate = ["..."]` in `[tool.conducto.TARGET]` names the attribute; then
  a warning names the node.
- **left out**: compiled without it, and a warning names the node.

Every *exact* is a test, `test_the_command_sees_it` of `tests/test_coverage.py`, by the name in the first column: the target
runs the node, of [attributes](../golden/attributes/pipeline.py) or [built-images](../golden/built-images/pipeline.py), for
real, and what its command printed (of what is only shown: what people see) tells that the attribute had its effect.
`test_without_it_the_command_sees_something_else` takes the one attribute out of the Plan: then this must not be seen any more.
"""

#: What only this page can say of a cell: "exact" for some uses only.
_NOTES = {
    ("platform", "argo"): "platforms that labels of Kubernetes' nodes tell from others",
    ("max_time_of_one", "argo"): "that of the root too, unless it has `retries` or something in it `suppress_errors`",
    ("copy_dir", "argo"): "files that git tracks, as of the day of compiling, 900,000 bytes at most",
    ("copy_repo", "argo"): "as `copy_dir`",
    ("max_time", "github"): "as long as a job may take, attempts together",
    ("call", "github"): "the runtime file must be committed",
}


def text() -> str:
    """The page, as the compiler says it today."""
    with tempfile.TemporaryDirectory(prefix="coverage-page-") as folder:
        compilers = {example: Compiler(probe.scratch(Path(folder, example), example)) for example in EXAMPLES}
        notes: list[str] = []
        parts = [_HEAD]
        for title, cells in (("Nodes", NODES), ("Images, and functions as commands", IMAGES)):
            parts.append(f"## {title}\n")
            parts.append(_table(cells, compilers, notes))
        parts.append("\n".join(f"{number}. {note}." for number, note in enumerate(notes, 1)) + "\n")
    return "\n".join(parts)


def _table(cells: Sequence[Cell], compilers: dict[str, Compiler], notes: list[str]) -> str:
    lines = [f"| test | attribute | node | {' | '.join(OURS)} |", f"|{'---|' * (3 + len(OURS))}"]
    for cell in cells:
        states = [_cell(cell, target, compilers[cell.example], notes) for target in OURS]
        lines.append(f"| `{cell.name}` | {cell.title} | `{cell.node}` | {' | '.join(states)} |")
    return "\n".join(lines) + "\n"


def _cell(cell: Cell, target: str, compiler: Compiler, notes: list[str]) -> str:
    state, codes = compiler.state(target, cell)
    said = f"{state} ({', '.join(codes)})" if state == probe.REFUSED else state
    note = _NOTES.get((cell.name, target))
    if note is None:
        return said
    if note not in notes:
        notes.append(note)
    return f"{said} [{notes.index(note) + 1}]"
