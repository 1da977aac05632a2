"""Launching, step by step: a user's tree is compiled into a folder of its own, and run there or made ready."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .. import compile, config, draw, entry, image, output, run, runtime, targets
from ..compile import Pipeline, Request
from ..diagnostics import ConductoError, Diagnostic, Report
from ..entry import Module
from ..header import Maker
from ..ir.plan import Plan
from ..output import File
from ..source import shown_path
from ..text import shell_word
from . import engine, folder, keep, options
from .engine import Engine
from .folder import Folder
from .options import Options
from .process import Ended, Run

#: The target that is run here.
TARGET = "make"


def of_words(module: Module, function: str | None, words: Sequence[str]) -> int:
    """Launch what `words` mean in a file that has been run: arguments of FUNC, and options of the launch; the exit status.

    Raises ConductoError as of_request does, C409, C430 and C431 for the options.
    """
    found, rest = options.read(entry.choose(module, function, any_function=True), words)
    arguments = list(rest)
    if "--" in arguments:
        arguments.remove("--")
    return of_request(Request(module.file, function, tuple(arguments), (TARGET,)), found, module)


def of_request(request: Request, found: Options, module: Module | None = None) -> int:
    """Launch the pipeline of a file; the exit status: 0 done, 1 the root failed, 2 the run could not begin, 130 interrupted.

    Raises ConductoError with all that compile finds wrong, and as `launch` does.
    """
    try:
        config.load(request.file)  # a release that the project does not take runs nothing of it
        module = module or run.load_main(request.file)
        options.refuse_gone(entry.choose(module, request.function), request.arguments)
        if found.default_doc is not None:
            doc = {**module.defaults.attributes, "doc": found.default_doc}
            module = module._replace(defaults=module.defaults._replace(attributes=doc))
        pipeline = compile.front(request, module)
        own = {key: value for key, value in (("title", found.title), ("doc", found.doc)) if value is not None}
        pipeline.root.set(**own)
        status = launch(pipeline, found, _again(pipeline, found)).status
    except KeyboardInterrupt:
        status = 130
    if status == 130:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what comes again shall not end what is ending otherwise
    return status


def _again(pipeline: Pipeline, found: Options) -> str:
    """The command that launches the pipeline of a file."""
    origin = pipeline.origin
    title = [f"--title={found.title}"] if found.title is not None else []
    words = ["conducto", "run", *title, origin.source]
    words += [origin.function] if origin.explicit or origin.arguments else []
    return " ".join(map(shell_word, [*words, *(["--", *origin.arguments] if origin.arguments else [])]))


def launch(pipeline: Pipeline, found: Options, again: str) -> Ended:
    """Compile a pipeline, make it ready in its folder, and run it, as `found` says; `again` tells how it is launched again.

    Raises ConductoError: what compile raises, C418 the folder cannot be written to, C432 it is being run already, C433 there is
    no engine for it, C434 no GNU make. Nothing is written then.
    """
    pipeline = replace(pipeline, origin=pipeline.origin._replace(launched=again))
    place = folder.of(pipeline)
    plan, text, warnings = _compiled(pipeline, place)
    chosen = engine.choose(plan, found)
    words = [engine.make() if found.run else "make", "-f", shown_path(place.makefile)]
    words += [f"ENGINE={chosen.name}"] if chosen.name else []
    words += [f"JOBS={found.jobs}"] if found.jobs else []
    _say(*draw.text(warnings).splitlines())
    process = Run(place, words)
    with process.listening(), contextlib.ExitStack() as alone:
        _say(*keep.delete_expired(folder.home(pipeline.repository)))
        with _writing(place):
            alone.enter_context(folder.held(place))
            folder.refuse_running(place)
            _write(pipeline, plan, place, text)
            keep.note(place, found, pipeline.origin.source)
        if process.came is not None:
            return Ended(130, process.came)
        if not found.run:
            return _ready(pipeline, process, chosen, found)
        _start(process, pipeline, chosen, found)
        alone.close()  # from here on make's own lock is what others see
        shown = found.use_shell or process.came is not None  # what was interrupted at its start does not go on
        ended = process.wait() if shown else _let_go(process, pipeline, chosen, found)
    if found.use_shell and found.sleep_when_done and ended.status == 0:
        _say(f"asleep: {_kept(process, found)}")
    return ended


def _compiled(pipeline: Pipeline, place: Folder) -> tuple[Plan, str, Sequence[Diagnostic]]:
    """The plan, the makefile, and the warnings."""
    emitter = targets.get(TARGET)
    report = Report()
    report.diagnostics.extend(image.notes())
    plan = compile.passes(pipeline, emitter, place.makefile, report)
    files = compile.files_of(plan, emitter, report)
    report.raise_errors()
    output.refuse_foreign(_runtime(pipeline, plan))
    return plan, files[plan.origin.output], report.once


def _runtime(pipeline: Pipeline, plan: Plan) -> list[File]:
    """The runtime file, where the pipeline needs it."""
    path = runtime.path(pipeline.repository)
    return [File(path, runtime.current(path), None)] if plan.runtime else []


@contextlib.contextmanager
def _writing(place: Folder) -> Iterator[None]:
    """What cannot be written in the block is told as that of a launch."""
    help = "a run keeps its makefile, state and logs there: let it be written to"
    try:
        yield
    except ConductoError as error:
        said = (one._replace(help=help) if one.code == "C418" else one for one in error.diagnostics)
        raise ConductoError(*said) from error
    except OSError as error:
        message = f"cannot write {shown_path(error.filename or place.path)}: {error.strerror}"
        raise ConductoError(Diagnostic("C418", message, help=help)) from error


def _write(pipeline: Pipeline, plan: Plan, place: Folder, text: str) -> None:
    """Write the makefile, and the runtime file where it is needed and not there."""
    origin = pipeline.origin
    folder.make_home(folder.home(pipeline.repository))
    _say(*(f"wrote {shown_path(path)}" for path in output.write(_runtime(pipeline, plan))))
    output.write([File(place.makefile, text.encode(), Maker(origin.source, origin.function))], force=True)


# --- what is done with it, and said -----------------------------------------------------------------------------------


def _start(process: Run, pipeline: Pipeline, chosen: Engine, found: Options) -> None:
    if found.use_shell:
        logs = shown_path(process.folder.state)
        _say(f"running {pipeline.origin.name} {_with(chosen)}; its logs go to {logs}/log")
        process.start()
    else:
        with open(process.folder.output, "wb") as out:
            process.start(out)


def _with(chosen: Engine) -> str:
    return f"with ENGINE={chosen.name} ({chosen.why})" if chosen.name else f"({chosen.why})"


def _let_go(process: Run, pipeline: Pipeline, chosen: Engine, found: Options) -> Ended:
    """Say how a run that goes on by itself is looked at and stopped."""
    pid, said = process.let_go(), shown_path(process.folder.output)
    if pid is None:
        with open(process.folder.output, encoding="utf-8", errors="replace") as file:
            _say(f"{pipeline.origin.name} could not begin:", *file.read().splitlines())
        return Ended(2)
    if pid == 0:
        _say(f"{pipeline.origin.name} has run {_with(chosen)}, and has ended already; what it said is in {said}")
        return Ended(0)
    _say(f"{pipeline.origin.name} runs by itself, as process {pid}, {_with(chosen)}")
    _say(f"  look at it:  tail -f {shell_word(said)}")
    _say(f"  its logs:    {shown_path(process.folder.state)}/log")
    _say(f"  stop it:     {_make(process, 'stop')}")
    if found.sleep_when_done:
        _say(f"  when done:   {_kept(process, found)}")
    return Ended(0)


def _ready(pipeline: Pipeline, process: Run, chosen: Engine, found: Options) -> Ended:
    """Say how what is made ready is started."""
    _say(f"{pipeline.origin.name} is ready, and nothing runs yet")
    _say(f"  start it:    {_make(process)}    # {chosen.why}")
    if found.sleep_when_done:
        _say(f"  when done:   {_kept(process, found)}")
    return Ended(0)


def _kept(process: Run, found: Options) -> str:
    days = f"{found.retention:g} day{'' if found.retention == 1 else 's'}"
    where = shown_path(process.folder.path)
    return f"{where} keeps its makefile, state and logs for {days} without activity; run it again: {_make(process)}"


def _make(process: Run, *goals: str) -> str:
    """The command that starts it; with `goals`, one that does something else with its makefile."""
    return " ".join(map(shell_word, [*process.words[: 3 if goals else None], *goals]))


def _say(*lines: str) -> None:
    if lines:
        sys.stdout.flush()
        sys.stderr.write("".join(f"{line}\n" for line in lines))
        sys.stderr.flush()
