"""`[tool.conducto]` of the nearest pyproject.toml: what a project set."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from . import config_keys
from .diagnostics import ConductoError, Diagnostic, Location
from .pyproject import place
from .source import locate, shown_path

#: The image of Execs that choose none: a constant of the release, never of the machine that compiles.
DEFAULT_IMAGE = "python:3.13-slim"

#: FUNC (None for the default) and its arguments.
Call = tuple[str | None, tuple[str, ...]]


@dataclass(frozen=True)
class Configured:
    """One of the `pipelines`; its paths are absolute.

    `number` counts from 0, `targets` are its own or else the project's, `outputs` target -> path where one is set, `name` is
    None for the usual one, `table` is all of it as it was written.
    """

    number: int
    project: str
    file: str
    function: str | None
    arguments: tuple[str, ...]
    targets: tuple[str, ...]
    outputs: Mapping[str, str]
    name: str | None
    table: Mapping[str, Any]

    @property
    def folder(self) -> str:
        """The folder of its pyproject.toml."""
        return os.path.dirname(self.project)

    def place(self, key: str = "file", word: str = "") -> Location:
        """Where a key of it is set, and `word` in its value; the value, where that is a text."""
        value = self.table[key]
        said = word or (value if isinstance(value, str) else "")
        return place(self.project, ("tool", "conducto", "pipelines", self.number, key), said)


@dataclass(frozen=True)
class Config:
    """What a project set: `file` is its pyproject.toml (None without one), `table` the checked `[tool.conducto]`."""

    file: str | None = None
    table: Mapping[str, Any] = field(default_factory=dict)

    def settings(self, target: str) -> Mapping[str, Any]:
        """The table of one target."""
        found: Mapping[str, Any] = self.table.get(target, {})
        return found

    def default_image(self, target: str) -> str:
        """The image of Execs that choose none, on one target; "" for no container."""
        image: str = self.settings(target).get("default-image", self.table.get("default-image", DEFAULT_IMAGE))
        return image

    @property
    def shared_data(self) -> bool:
        """Whether every Exec has shared data, whatever it names."""
        return bool(self.table.get("shared-data", False))

    @property
    def name(self) -> str | None:
        """The name that pipelines have instead of their file's."""
        return self.table.get("name")

    @property
    def targets(self) -> tuple[str, ...]:
        """The targets of what does not say for which it is."""
        return tuple(self.table.get("targets", ()))

    @cached_property
    def pipelines(self) -> tuple[Configured, ...]:
        """The pipelines of the project, in the order written."""
        return tuple(self._configured(number, table) for number, table in enumerate(self.table.get("pipelines", ())))

    def _configured(self, number: int, table: Mapping[str, Any]) -> Configured:
        project = str(self.file)
        folder = os.path.dirname(project)
        targets = tuple(table.get("targets", self.targets))
        given = table.get("output", {})
        outputs = given if isinstance(given, Mapping) else dict.fromkeys(targets, given)
        return Configured(
            number,
            project,
            os.path.normpath(os.path.join(folder, table["file"])),
            table.get("function"),
            tuple(table.get("arguments", ())),
            targets,
            {target: os.path.join(folder, path) for target, path in outputs.items()},
            table.get("name"),
            table,
        )

    def find(self, file: str, calls: Collection[Call], targets: Collection[str]) -> Configured | None:
        """The pipeline that is one of the `calls` of a file: one that is for all of `targets`, else the first; or None."""
        found = [
            pipeline
            for pipeline in self.pipelines
            if os.path.realpath(pipeline.file) == os.path.realpath(file)
            and (pipeline.function, pipeline.arguments) in calls
        ]
        return next((pipeline for pipeline in found if set(targets) <= {*pipeline.targets}), next(iter(found), None))

    def of(self, pipeline: Configured | None) -> Config:
        """The configuration as it is for one pipeline: what its own tables of targets set comes first."""
        own = pipeline.table if pipeline else {}
        tables = {key: value for key, value in own.items() if isinstance(value, Mapping) and key != "output"}
        merged = {target: {**self.settings(target), **table} for target, table in tables.items()}
        return replace(self, table={**self.table, **merged})


def load(file: str) -> Config:
    """The configuration that counts for `file`: the nearest pyproject.toml at or above it that has `[tool.conducto]`.

    Raises ConductoError: C414 for a file that is no TOML, an unknown key or a wrong value, naming file and line; C420 where
    it wants another release.
    """
    folder = os.path.dirname(os.path.abspath(file))
    while True:
        path = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(path):
            table = _table(path)
            if table is not None:
                config_keys.check(path, table)
                return Config(path, table)
        parent = os.path.dirname(folder)
        if parent == folder:
            return Config()
        folder = parent


def _table(path: str) -> Mapping[str, Any] | None:
    try:
        with open(path, "rb") as source:
            tool = tomllib.load(source).get("tool", {})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"cannot read {shown_path(path)}: {error}"
        raise ConductoError(Diagnostic("C414", message, location=locate(path, 1), help="correct it")) from error
    return tool.get("conducto") if isinstance(tool, dict) else None
