"""Golden pipelines run on a target, as they stand and without their attributes, and what was seen of the nodes of cells."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests import outputs
from tests.command import CONDUCTO
from tests.coverage import probe
from tests.coverage.cells import ATTRIBUTES, CELLS, Cell
from tests.coverage.probe import EXACT, REFUSED, Compiler, Scratch
from tests.coverage.seen import TOKEN, Seen
from tests.outputs import Ran
from tests.repositories import commit, git, initialised, served


@contextmanager
def another_repository() -> Iterator[str]:
    """The address of a repository whose file `version` is its branch's name: `main`, `next`."""
    with tempfile.TemporaryDirectory(prefix="coverage-other-", ignore_cleanup_errors=True) as folder:
        other = Path(folder, "other")
        other.mkdir()
        initialised(other)
        for branch in ("main", "next"):
            git(other, "checkout", "--quiet", "-B", branch)
            (other / "version").write_text(f"{branch}\n")
            commit(other)
        with served(other) as address:
            yield address


def seen(ran: Ran, cell: Cell) -> Seen:
    """What a run showed of a cell's node."""

    def below(path: str) -> bool:
        return f"{path}/".startswith(f"{cell.node}/")

    printed = {path[len(cell.node) :].lstrip("/"): lines for path, lines in ran.printed.items() if below(path)}
    return Seen(ran.target, printed, "".join(text for path, text in ran.shown.items() if below(path)))


class Golden:
    """A golden pipeline on a target, in folders of its own below `folder`; `url` is of `another_repository`."""

    def __init__(self, folder: Path, example: str, target: str, url: str = "") -> None:
        self.folder, self.example, self.target = folder, example, target
        self.arguments: Sequence[str] = (f"--url={url}",) if url and example == ATTRIBUTES else ()

    @property
    def exact(self) -> list[Cell]:
        """The cells of it that the target says exactly; none where it refuses one, and so the pipeline."""
        compiler = Compiler(probe.scratch(self.folder / "states", self.example))
        states = {cell: compiler.state(self.target, cell)[0] for cell in CELLS.values() if cell.example == self.example}
        refused = [cell for cell, state in states.items() if state == REFUSED and cell.name != "options"]
        return [] if refused else [cell for cell, state in states.items() if state == EXACT]

    def as_it_stands(self) -> Ran:
        """Compile it and run it, as people do."""
        where = probe.scratch(self.folder / "stands", self.example, self.target != "make")
        self._conducto(where, "compile", "--target", self.target, "pipeline.py", *self.arguments)
        return self._run(where)

    def without(self, cells: Sequence[Cell]) -> Ran:
        """The nodes of these cells, each without its attribute."""
        where = probe.scratch(self.folder / "without", self.example, self.target != "make")
        self._conducto(where, "runtime")
        files = Compiler(where, *self.arguments).files(self.target, cells, drop=True)
        for path, text in files.items():
            (where.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (where.folder / path).write_text(text, encoding="utf-8", newline="\n")
        return self._run(where, "RUN_FLAGS=--network=host")  # starts in half the time

    def _conducto(self, where: Scratch, *words: str) -> None:
        done = subprocess.run([str(CONDUCTO), *words], cwd=where.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def _run(self, where: Scratch, *flags: str) -> Ran:
        commit(where.folder)
        pattern = {"make": "*.mk", "argo": "*.argo.yaml", "github": ".github/workflows/*.yml"}[self.target]
        (file,) = where.folder.glob(pattern)
        return outputs.run(self.target, file, {"TOKEN": TOKEN}, flags)
