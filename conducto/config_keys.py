"""What `[tool.conducto]` may hold, and what is said where it holds something else."""

from __future__ import annotations

import keyword
import os
from collections.abc import Iterable, Mapping
from typing import Any, Optional

import jsonschema

from . import features, pyproject, release, targets
from .diagnostics import ConductoError, Diagnostic, did_you_mean
from .pyproject import Key
from .targets import Emitter

# What a pattern means stands in `description`, for who gave something else.
_TEXT = {"type": "string", "minLength": 1, "pattern": r"^[^\0]*$"}
_NAME = {"type": "string", "pattern": r"^[^/\0]+$", "description": "a name without a slash"}
#: The empty text is for no container.
_IMAGE = {
    "type": "string",
    "pattern": r"^([^\s\0-\x1f\x7f-][^\s\0-\x1f\x7f]*)?$",
    "description": "the name of an image",
}
_APPROXIMATE = {"type": "array", "items": {"enum": list(features.APPROXIMATE)}}
_TARGETS = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}
_PATH = {"type": "string", "pattern": r"^(?!-$)[^\0]+$"}

#: The keys of the project, each with the JSON schema of its value; those of targets come besides.
_PROJECT: Mapping[str, Mapping[str, Any]] = {
    "default-image": _IMAGE,
    "name": _NAME,
    "pipelines": {"type": "array", "items": {"type": "object"}},
    "requires": {"type": "string"},
    "shared-data": {"type": "boolean"},
    "targets": _TARGETS,
}
#: The same of one of the pipelines.
_PIPELINE: Mapping[str, Mapping[str, Any]] = {
    "file": {"type": "string", "pattern": r"^[^\0]*[^\0/]$"},
    "function": {"type": "string"},
    "arguments": {"type": "array", "items": {"type": "string", "pattern": r"^[^\0]*$"}},
    "targets": _TARGETS,
    "output": {"anyOf": [_PATH, {"type": "object", "additionalProperties": _PATH}]},
    "name": _NAME,
}
_TOP: Key = ("tool", "conducto")


def check(path: str, table: Any) -> None:
    """Hold the table of the pyproject.toml at `path` against what it may hold.

    Raises ConductoError: C414 for an unknown key or a wrong value, C420 where it `requires` another release: that one may
    know other keys, so it is the first that is looked at.
    """
    if not isinstance(table, dict):
        raise _wrong(path, _TOP, "`tool.conducto` is no table", "write `[tool.conducto]`")
    if "requires" in table:
        _check_release(path, table["requires"])
    _check_table(path, _TOP, "[tool.conducto]", table, _PROJECT)
    for number, entry in enumerate(table.get("pipelines", ())):
        _check_pipeline(path, number, entry, table.get("targets", ()))


def _check_release(path: str, wanted: Any) -> None:
    key = (*_TOP, "requires")
    _check_value(path, key, "`requires` in `[tool.conducto]`", wanted, _PROJECT["requires"])
    here = release.version()
    try:
        fits = release.takes(wanted, here)
    except ValueError as error:
        help = 'write one like `"1.4.*"` or `">=1.4, <2"`'
        raise _wrong(path, key, f"`requires` in `[tool.conducto]`: {error}", help) from None
    if not fits:
        message = f"this project requires conducto {wanted}, and this is {here}"
        help = f"install that one: `pip install '{_requirement(wanted)}'`"
        raise ConductoError(Diagnostic("C420", message, location=pyproject.place(path, key, wanted), help=help))


def _requirement(wanted: str) -> str:
    return f"conducto-compiler{wanted if wanted.lstrip()[:1] in '<>=!~' else f'=={wanted}'}"


def _check_pipeline(path: str, number: int, table: Mapping[str, Any], usual: Iterable[str]) -> None:
    key: Key = (*_TOP, "pipelines", number)
    where = f"pipeline {number + 1} of `[tool.conducto]`"
    _check_table(path, key, where, table, _PIPELINE)
    if "file" not in table:
        raise _wrong(path, key, f"{where} has no `file`", "name the Python file that defines it")
    function = table.get("function", "run")
    if not function.isidentifier() or keyword.iskeyword(function) or function.startswith("_"):
        help = "name a public function or a module-level node of its file"
        raise _wrong(path, (*key, "function"), f"`function` of {where}: `{function}` is no public name", help)
    _check_output(path, (*key, "output"), f"`output` of {where}", table.get("output", {}), table.get("targets", usual))


def _check_output(path: str, key: Key, where: str, given: Any, wanted: Iterable[str]) -> None:
    names = list(wanted)
    if isinstance(given, str):
        if len(names) != 1 and not given.endswith(("/", os.sep)):
            message = f"{where} is one file, and the pipeline has {len(names)} targets"
            raise _wrong(path, key, message, "give a folder (`FOLDER/`), or a table: target = path")
        return
    for name in given:
        if name not in names:
            message = f"{where} names `{name}`, which is none of its targets"
            raise _wrong(path, (*key, name), message, did_you_mean(name, names) or "leave it out, or add the target")


def _check_table(path: str, key: Key, where: str, table: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
    """Check the keys of the project or of a pipeline, and the tables of targets in it."""
    known = (*schemas, *targets.names())
    for name, value in table.items():
        if name in schemas:
            _check_value(path, (*key, name), f"`{name}` in {_quoted(where)}", value, schemas[name])
            if name == "targets":
                _check_targets(path, (*key, name), value)
        elif name in known:
            _check_target(path, (*key, name), targets.get(name), value)
        else:
            raise _of_target(path, (*key, name), where, name) or _unknown(path, (*key, name), where, name, known)


def _of_target(path: str, key: Key, where: str, name: str) -> Optional[ConductoError]:
    """What is wrong with a key that stands where it says of no target what it is of; None if no target has it."""
    having = [target for target in targets.names() if name in _keys(targets.get(target))]
    if not having:
        return None
    table = f"[{'.'.join(part for part in (*key[:-1], having[0]) if isinstance(part, str))}]"
    return _wrong(path, key, f"{_quoted(where)} has no key `{name}`: a target has", f"write it under `{table}`")


def _keys(emitter: Emitter) -> Mapping[str, Any]:
    """The keys of a target's table, with the schemas of their values."""
    return {"default-image": _IMAGE, "allow-approximate": _APPROXIMATE, **emitter.settings}


def _check_targets(path: str, key: Key, names: Iterable[str]) -> None:
    for name in names:
        if name not in targets.names():
            help = did_you_mean(name, targets.names()) or f"the targets here are {', '.join(targets.names())}"
            raise _wrong(path, key, f"there is no target `{name}`", help, name)


def _check_target(path: str, key: Key, emitter: Emitter, table: Any) -> None:
    where = f"[{'.'.join(part for part in key if isinstance(part, str))}]"
    if not isinstance(table, dict):
        raise _wrong(path, key, f"`{where[1:-1]}` is no table", f"write `{where}`")
    known = _keys(emitter)
    for name, value in table.items():
        if name not in known:
            raise _unknown(path, (*key, name), where, name, known)
        _check_value(path, (*key, name), f"`{name}` in `{where}`", value, known[name])


def _check_value(path: str, key: Key, what: str, value: Any, schema: Mapping[str, Any]) -> None:
    error = next(iter(jsonschema.Draft202012Validator(schema).iter_errors(value)), None)
    if error is not None:
        meant = error.schema.get("description") if error.validator == "pattern" else None
        said = f"{error.instance!r} is not {meant}" if meant else error.message
        raise _wrong(path, key, f"{what}: {said}", "correct its value")


def _unknown(path: str, key: Key, where: str, name: str, known: Iterable[str]) -> ConductoError:
    help = did_you_mean(name, known) or f"the keys are {', '.join(known)}"
    return _wrong(path, key, f"{_quoted(where)} has no key `{name}`", help)


def _quoted(where: str) -> str:
    return f"`{where}`" if where.startswith("[") else where


def _wrong(path: str, key: Key, message: str, help: str, word: str = "") -> ConductoError:
    return ConductoError(Diagnostic("C414", message, location=pyproject.place(path, key, word), help=help))
