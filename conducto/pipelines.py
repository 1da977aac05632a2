"""What one call of `conducto compile` is about: one pipeline, those of a file, or all that pyproject.toml has."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from . import config, runtime, targets
from .compile import Compiled, Output, Request, compile_request
from .config import Configured
from .diagnostics import ConductoError, Diagnostic, Location
from .output import File
from .source import shown_path


def everything(folder: str, names: Sequence[str]) -> list[Request]:
    """The requests for all pipelines of the nearest pyproject.toml at or above `folder`; with `names`, for these targets alone.

    Raises ConductoError: C401 no such target, or none of a pipeline, C421 no pipeline, C424 a file of another project.
    """
    for name in names:
        targets.get(name)
    project = config.load(os.path.join(folder, "pyproject.toml"))
    if not project.pipelines:
        raise _no_pipelines(project.file)
    found = [_request(entry, names) for entry in project.pipelines]
    if not any(request.targets for request in found):
        message = f"no pipeline of {shown_path(str(project.file))} is for {' or '.join(names)}"
        raise ConductoError(Diagnostic("C401", message, help="name the FILE to compile it nevertheless"))
    return [request for request in found if request.targets]


def of_file(asked: Request) -> list[Request]:
    """The requests for a file, FUNC and arguments: without a target for those that pyproject.toml says.

    Raises ConductoError C401 where it says none.
    """
    project = config.load(asked.file)
    mine = [entry for entry in project.pipelines if os.path.realpath(entry.file) == os.path.realpath(asked.file)]
    if asked.targets:
        apart = [(name,) for name in asked.targets] if len(mine) > 1 else [asked.targets]
        return [replace(asked, targets=names) for names in apart]
    if asked.function is not None or asked.arguments:
        mine = [entry for entry in mine if (entry.function, entry.arguments) == (asked.function, asked.arguments)]
    if mine:
        return [replace(_request(entry, ()), output=asked.output) for entry in mine]
    if project.targets:
        return [replace(asked, targets=project.targets)]
    raise no_target()


def no_target() -> ConductoError:
    """The error for a command line that has none, where pyproject.toml has none either."""
    names = " or ".join(targets.names())
    help = f"write `--target` with {names}, or `targets` into `[tool.conducto]` of pyproject.toml"
    return ConductoError(Diagnostic("C401", "no target is given", help=help))


def _request(entry: Configured, names: Sequence[str]) -> Request:
    nearest = config.load(entry.file).file
    if nearest != entry.project:
        file, project = shown_path(entry.file), shown_path(entry.project)
        if nearest is None:
            message = f"{file} does not lie below the folder of {project}"
            help = "move one of them"
        else:
            message = f"{file} belongs to {shown_path(nearest)}, which is nearer to it than {project}"
            help = "write this pipeline into that file"
        raise ConductoError(Diagnostic("C424", message, location=entry.place("file"), help=help))
    if not entry.targets:
        help = "give it `targets`, or `[tool.conducto]` for all of them"
        raise ConductoError(Diagnostic("C401", "this pipeline is for no target", location=entry.place(), help=help))
    chosen = tuple(name for name in entry.targets if not names or name in names)
    return Request(shown_path(entry.file), entry.function, entry.arguments, chosen, entry=entry)


def _no_pipelines(file: str | None) -> ConductoError:
    if file is None:
        message = "there is no pyproject.toml with `[tool.conducto]` here or above"
    else:
        message = f"{shown_path(file)} has no `pipelines` in `[tool.conducto]`"
    help = "name a FILE and a `--target`, or write `[[tool.conducto.pipelines]]` with `file` and `targets`"
    return ConductoError(Diagnostic("C421", message, help=help))


# --- compiling them ---------------------------------------------------------------------------------------------------


def compile_all(requests: Sequence[Request]) -> list[Compiled]:
    """What all of them make, or ConductoError with everything that is wrong with any.

    C422 two would write the same file, C423 two of one target have the same name.
    """
    made: list[Compiled] = []
    wrong: list[Diagnostic] = []
    for request in requests:
        try:
            made.append(compile_request(request) if len(requests) == 1 else _apart(request))
        except ConductoError as error:
            wrong += [_placed(diagnostic, request.entry) for diagnostic in error.diagnostics]
    wrong = wrong or list(_meetings(requests, made))
    if wrong:
        raise ConductoError(*dict.fromkeys(wrong))
    return made


def files(compiled: Sequence[Compiled]) -> list[File]:
    """All that shall lie on disk, the runtime file last."""
    outputs = [File(output.path, output.text.encode(), one.maker) for one in compiled for output in one.outputs]
    return [*outputs, *(File(path, runtime.current(path), None) for path in _runtimes(compiled))]


def warnings(compiled: Sequence[Compiled]) -> list[Diagnostic]:
    """What is said of them, each thing once."""
    ignored = map(runtime.ignored, _runtimes(compiled))
    said = [*(warning for one in compiled for warning in one.warnings), *(warning for warning in ignored if warning)]
    return list(dict.fromkeys(said))


def _runtimes(compiled: Sequence[Compiled]) -> list[str]:
    return list(dict.fromkeys(one.runtime for one in compiled if one.runtime is not None))


def _apart(request: Request) -> Compiled:
    """Compile in a process of its own, where there can be one: what a user's file imports, and what it changes of the
    interpreter, is nothing to the next file.
    """
    # Here, as loading them takes a twentieth of what compiling one pipeline takes.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    if "fork" not in multiprocessing.get_all_start_methods():
        return compile_request(request)
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
        try:
            return pool.submit(compile_request, request).result()
        except BrokenProcessPool:
            message = f"{request.file} ended the process that ran it"
            raise ConductoError(Diagnostic("C403", message, help="let it define its pipeline and go on")) from None


def _placed(diagnostic: Diagnostic, entry: Configured | None) -> Diagnostic:
    """`diagnostic` at its place in pyproject.toml, if it has none in a user's file."""
    place = diagnostic.location
    if entry is None or (place is not None and place.file is not None):
        return diagnostic
    word = place.text[place.column : place.end_column] if place is not None else ""
    key = "function" if word and word == entry.function else "arguments" if word else "file"
    if key not in entry.table:
        key, word = "file", ""
    return diagnostic._replace(location=entry.place(key, word))


def _meetings(requests: Sequence[Request], made: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """Where two outputs, or two names, are one."""
    paths: dict[str, tuple[Request, Output]] = {}
    names: dict[tuple[str, str], Request] = {}
    for request, compiled in zip(requests, made, strict=True):
        met = False
        for output in compiled.outputs:
            first = paths.setdefault(os.path.realpath(output.path), (request, output))
            if first[1] is not output:
                met = True
                yield _same_file(*first, request, output)
        for target in request.targets:
            other = names.setdefault((target, compiled.name), request)
            if other is not request and not met:
                yield _same_name(other, request, target, compiled.name)


def _same_file(first: Request, one: Output, second: Request, other: Output) -> Diagnostic:
    message = f"{shown_path(other.path)} would be written twice"
    notes = (_writes(first, one.target), _writes(second, other.target))
    help = "give one of them another `output`" + (", or a `name`" if second.entry and first is not second else "")
    return Diagnostic("C422", message, location=_place(second, "output"), notes=notes, help=help)


def _same_name(first: Request, second: Request, target: str, name: str) -> Diagnostic:
    message = f"two pipelines of target `{target}` are called {name}"
    notes = (_writes(first, target), _writes(second, target))
    return Diagnostic("C423", message, location=_place(second, "name"), notes=notes, help="give one of them a `name`")


def _writes(request: Request, target: str) -> str:
    words = [request.file, *([request.function] if request.function else []), *request.arguments]
    number = f"pipeline {request.entry.number + 1}: " if request.entry else ""
    return f"{number}{' '.join(words)}, for {target}"


def _place(request: Request, key: str) -> Location | None:
    return request.entry.place(key if key in request.entry.table else "file") if request.entry else None
