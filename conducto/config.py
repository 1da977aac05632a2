"""`[tool.conducto]` of the nearest pyproject.toml, read and checked."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema

from . import features, targets
from .diagnostics import ConductoError, Diagnostic, Location, did_you_mean
from .source import locate, shown_path
from .targets import Emitter

#: The image of Execs that choose none: a constant of the release, never of the machine that compiles.
DEFAULT_IMAGE = "python:3.13-slim"

_TOP = ("default-image",)


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


def load(file: str) -> Config:
    """The configuration that counts for `file`: the nearest pyproject.toml at or above it that has `[tool.conducto]`.

    Raises ConductoError C414 for a file that is no TOML, an unknown key or a wrong value, naming file and line.
    """
    folder = os.path.dirname(os.path.abspath(file))
    while True:
        path = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(path):
            table = _table(path)
            if table is not None:
                _check(path, table)
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


def _check(path: str, table: Mapping[str, Any]) -> None:
    if not isinstance(table, dict):
        raise _wrong(path, "tool", "conducto", "`tool.conducto` is no table", "write `[tool.conducto]`")
    known = (*_TOP, *targets.names())
    for key, value in table.items():
        if key not in known:
            help = did_you_mean(key, known) or f"the keys are {', '.join(known)}"
            raise _wrong(path, "tool.conducto", key, f"`[tool.conducto]` has no key `{key}`", help)
        if key in _TOP:
            _check_value(path, "tool.conducto", key, value, _IMAGE)
        else:
            _check_target(path, targets.get(key), value)


#: The empty text is for no container.
_IMAGE = {"type": "string", "pattern": r"^([^\s-]\S*)?$"}
_APPROXIMATE = {"type": "array", "items": {"enum": list(features.APPROXIMATE)}}


def _check_target(path: str, emitter: Emitter, table: Any) -> None:
    where = f"tool.conducto.{emitter.name}"
    if not isinstance(table, dict):
        raise _wrong(path, "tool.conducto", emitter.name, f"`{where}` is no table", f"write `[{where}]`")
    known = {"default-image": _IMAGE, "allow-approximate": _APPROXIMATE, **emitter.settings}
    for key, value in table.items():
        if key not in known:
            help = did_you_mean(key, known) or f"the keys are {', '.join(known)}"
            raise _wrong(path, where, key, f"`[{where}]` has no key `{key}`", help)
        _check_value(path, where, key, value, known[key])


def _check_value(path: str, where: str, key: str, value: Any, schema: Mapping[str, Any]) -> None:
    error = next(iter(jsonschema.Draft202012Validator(schema).iter_errors(value)), None)
    if error is not None:
        raise _wrong(path, where, key, f"`{key}` in `[{where}]`: {error.message}", "correct its value")


def _wrong(path: str, where: str, key: str, message: str, help: str) -> ConductoError:
    return ConductoError(Diagnostic("C414", message, location=_place(path, (*where.split("."), key)), help=help))


def _place(path: str, wanted: tuple[str, ...]) -> Location:
    """The line that sets a key or opens a table; else (an inline table) the first that holds its name; else the first."""
    with open(path, encoding="utf-8") as source:
        lines = source.read().split("\n")
    table: tuple[str, ...] = ()
    for number, line in enumerate(lines, 1):
        opened = re.match(r"\s*\[+([^]]+)\]", line)
        table = _parts(opened[1]) if opened else table
        spelled = table if opened else (*table, *_parts(line.partition("=")[0]))
        if spelled[: len(wanted)] == wanted:
            return _word(path, number, wanted[-1])
    return _word(path, next((number for number, line in enumerate(lines, 1) if wanted[-1] in line), 1), wanted[-1])


def _parts(dotted: str) -> tuple[str, ...]:
    """The parts of a dotted key of TOML, without quotes."""
    return tuple(part.strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s\"']+", dotted))


def _word(path: str, line: int, word: str) -> Location:
    place = locate(path, line)
    start = place.text.find(word)
    return place if start < 0 else Location(place.file, line, start, start + len(word), place.text)
