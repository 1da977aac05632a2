"""Where the file of a pipeline goes: where `-o` wants it, where pyproject.toml does, or where its target usually has it."""

from __future__ import annotations

import os

from .config import Configured
from .diagnostics import ConductoError, Diagnostic, Location
from .ir.plan import Origin
from .repository import Repository
from .targets import Emitter


def place(origin: Origin, home: Repository, emitter: Emitter, output: str | None, entry: Configured | None) -> Origin:
    """`origin` with the file it goes to. `output` is what `-o` gave, `entry` the pipeline of pyproject.toml that it is.

    Raises ConductoError: C410 for the source itself, C412 where the target needs a repository or `-o`.
    """
    default = emitter.output(origin)
    if output is None or output == "-":
        if entry is not None and emitter.name in entry.targets:
            folder = home.relative(entry.folder)
            origin = origin._replace(configured="" if folder == "." else folder)
        if entry is not None and emitter.name in entry.outputs:
            relative = home.relative(_file(entry.outputs[emitter.name], default))
            _refuse_source(relative, origin, f"`{relative}`", "give it another `output`", entry.place("output"))
            return origin._replace(output=relative)
        if output is None and emitter.limits.needs_repository and not home.found:
            message = f"{origin.source} lies in no repository, so there is no place for {default}"
            raise ConductoError(Diagnostic("C412", message, help="give the path of the file by `-o`"))
        return origin._replace(output=default)
    relative = home.relative(_file(output, default))
    _refuse_source(relative, origin, f"`-o {output}`", "give another path by `-o`")
    said = f".../{os.path.basename(relative)}" if relative.startswith("../") else relative
    return origin._replace(output=relative, output_option="" if relative == default else said)


def _refuse_source(relative: str, origin: Origin, given: str, help: str, location: Location | None = None) -> None:
    if relative == origin.source:
        message = f"{given} is the pipeline's own source"
        raise ConductoError(Diagnostic("C410", message, location=location, help=help))


def _file(path: str, default: str) -> str:
    return os.path.join(path, os.path.basename(default)) if is_folder(path) else path


def is_folder(output: str) -> bool:
    """Whether a path names a folder: one that is there, or one that ends in `/`."""
    return output != "-" and (os.path.isdir(output) or output.endswith(("/", os.sep)))
