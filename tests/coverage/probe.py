"""Golden pipelines in a scratch repository, chosen parts of them compiled, with attributes or without, and what is said of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

from conducto import compile, features, targets
from conducto.diagnostics import ConductoError, Diagnostic, Report
from conducto.ir import resolve, translate
from conducto.ir.tree import Tree
from conducto.targets import Files
from tests import examples
from tests.coverage.cells import Cell
from tests.repositories import commit, initialised

EXACT, APPROXIMATE, LEFT_OUT, REFUSED = "exact", "approximate on request", "left out, with a warning", "refused"


@dataclass(frozen=True)
class Scratch:
    """A repository that holds a golden pipeline and what lies beside it, all of it committed."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "pipeline.py"


def scratch(folder: Path, example: str, fresh: bool = False) -> Scratch:
    """Make it in `folder`, which must not be there; with a `fresh` name where runs of others are in the same place."""
    examples.write(example, folder)
    name = f"{example.replace('-', '')}{secrets.token_hex(4) if fresh else ''}"
    project = folder / "pyproject.toml"
    project.write_text(f'[tool.conducto]\nname = "{name}"\n' + project.read_text().replace("[tool.conducto]\n", ""))
    commit(initialised(folder))
    return Scratch(folder)


class Compiler:
    """A pipeline of a scratch repository, run once, of which any part is compiled for any target."""

    def __init__(self, where: Scratch, *arguments: str) -> None:
        self.pipeline = compile.front(compile.Request(str(where.file), arguments=arguments))

    def files(self, target: str, cells: Sequence[Cell], drop: bool = False, allow: Collection[str] = ()) -> Files:
        """The files of the nodes of these cells alone; with `drop`, each without its attribute.

        Only what `allow` names may be approximated. Raises ConductoError for what the target refuses.
        """
        report = Report()
        found = self._files(target, cells, drop, allow, report)
        report.raise_errors()
        return found

    def state(self, target: str, cell: Cell) -> tuple[str, list[str]]:
        """What the target makes of a cell's node, and the codes of what is said of it (each must name a node of its)."""
        said = self._said(target, cell, ())
        codes = sorted({found.code for found in said})
        if not any(found.severity == "error" for found in said):
            return LEFT_OUT if codes else EXACT, codes
        less = self._said(target, cell, (cell.attribute,)) if cell.attribute else said
        if any(found.severity == "error" for found in less):
            return REFUSED, codes
        assert less, f"{target}: {cell.name}: approximated without a word"
        return APPROXIMATE, codes

    def _said(self, target: str, cell: Cell, allow: Collection[str]) -> list[Diagnostic]:
        report = Report()
        try:
            self._files(target, [cell], False, allow, report)
        except ConductoError as error:
            report.diagnostics.extend(error.diagnostics)
        found = [said for said in report.diagnostics if said.code != "C201"]
        for said in found:
            assert f"{said.node}/".startswith(f"{cell.node}/"), f"{target}: {cell.name}: {said.node} is complained of"
        return found

    def features(self, cell: Cell) -> set[str]:
        """What the Plan of a cell's node asks for: keys of `conducto.features.FEATURES`."""
        with _chosen([cell], "make", False):
            plan = compile.passes(self.pipeline, targets.get("make"), None, Report())
        return {use.feature for use in features.uses(plan)}

    def _files(self, target: str, cells: Sequence[Cell], drop: bool, allow: Collection[str], report: Report) -> Files:
        emitter = targets.get(target)
        with _chosen(cells, target, drop):
            plan = compile.passes(self._with(target, allow), emitter, None, report)
        return compile.files_of(plan, emitter, report)

    def _with(self, target: str, allow: Collection[str]) -> compile.Pipeline:
        config = self.pipeline.config
        table: dict[str, Any] = {**config.settings(target), "allow-approximate": [*allow]}
        return replace(self.pipeline, config=replace(config, table={**config.table, target: table}))


@contextmanager
def _chosen(cells: Sequence[Cell], target: str, drop: bool) -> Iterator[None]:
    """Meanwhile every tree is compiled to the nodes of `cells` alone; with `drop`, each without its attribute.

    It is taken away as soon as nothing is inherited any more, before functions become commands, and again after that.
    """
    resolved: Callable[..., Tree] = resolve.resolve
    translated: Callable[..., Tree] = translate.translate

    def chosen(*words: Any) -> Tree:
        found = asked(choose(resolved(*words), cells), cells, target)
        return dropped(found, cells) if drop else found

    def without(*words: Any) -> Tree:
        return dropped(translated(*words), cells) if drop else translated(*words)

    with mock.patch.object(resolve, "resolve", chosen), mock.patch.object(translate, "translate", without):
        yield


def owners(tree: Tree, cells: Sequence[Cell]) -> dict[int, Cell]:
    """The rows that are of a cell's node, each with the cell."""
    found: dict[int, Cell] = {}
    by_path = {cell.node: cell for cell in cells}
    for number, row in enumerate(tree.rows):
        cell = by_path.get(tree.path(number)) or found.get(row.parent)
        if cell is not None:
            found[number] = cell
    return found


def choose(tree: Tree, cells: Sequence[Cell]) -> Tree:
    """The rows of the nodes of `cells`, and of what is above these."""
    kept = set(owners(tree, cells))
    for number in range(len(tree) - 1, 0, -1):
        if number in kept:
            kept.add(tree.rows[number].parent)
    new = {-1: -1, **{number: at for at, number in enumerate(sorted(kept))}}
    rows = [tree.rows[number] for number in sorted(kept)]
    return Tree([row._replace(parent=new[row.parent], container=new.get(row.container, -1)) for row in rows])


def dropped(tree: Tree, cells: Sequence[Cell]) -> Tree:
    """The rows of each cell's node without its attribute."""
    owner = owners(tree, cells)
    return Tree([owner[number].drop(row) if number in owner else row for number, row in enumerate(tree.rows)])


def asked(tree: Tree, cells: Sequence[Cell], target: str) -> Tree:
    """With an option of the target where a node has options of others only."""
    owner = owners(tree, cells)
    rows = list(tree.rows)
    for number, cell in owner.items():
        if cell.name == "options" and target not in rows[number].options:
            rows[number] = rows[number]._replace(options={target: {"any": "thing"}})
    return Tree(rows)
