"""The compiler, one pass a line: a user's file to the files of one or more targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import jsonschema

from . import (
    carried,
    config,
    entry,
    header,
    image,
    limits,
    needed,
    options,
    progress,
    repository,
    run,
    runtime,
    targets,
)
from .config import Configured
from .diagnostics import ConductoError, Diagnostic, Report, our_bug
from .entry import Entry, Module
from .header import Maker
from .ir import check, lower, resolve, shared, translate
from .ir.plan import Origin, Plan
from .nodes import Node
from .place import place
from .repository import Repository
from .targets import Document, Emitter, Files


@dataclass(frozen=True)
class Request:
    """What to compile: a file, FUNC and its arguments, the targets, and where `-o` wants the output.

    `entry` is set where it is asked for as one of the pipelines of pyproject.toml; without it, it may still be one of them.
    """

    file: str
    function: str | None = None
    arguments: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    output: str | None = None
    entry: Configured | None = None


class Output(NamedTuple):
    """A file of one target, not yet written; `path` is absolute."""

    target: str
    path: str
    text: str


@dataclass(frozen=True)
class Compiled:
    """A pipeline's outputs, its name, what the outputs say they were made by, and the warnings.

    `runtime` is the absolute path of the runtime file that they need, None where they need none.
    """

    name: str
    maker: Maker
    outputs: tuple[Output, ...]
    runtime: str | None = None
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def files(self) -> Files:
        """Absolute path -> text."""
        return {output.path: output.text for output in self.outputs}


@dataclass(frozen=True)
class Pipeline:
    """A user's pipeline, run and not yet compiled: its root, where it is from, and the project it is of.

    `entry` is what pyproject.toml has for it, None for nothing.
    """

    root: Node
    origin: Origin
    repository: Repository
    config: config.Config
    entry: Configured | None = None


def compile_request(request: Request) -> Compiled:
    """Compile for every target of `request`, or raise ConductoError with everything that is wrong; writes nothing."""
    emitters = [targets.get(name) for name in request.targets]
    pipeline = front(request)
    report = Report()
    report.diagnostics.extend(image.notes())
    outputs: list[Output] = []
    needed = None
    for emitter in emitters:
        # Its own, so that what is wrong for one target does not hide what is for the next.
        own = Report()
        try:
            with progress.of(f"{request.file} for {emitter.name}"):
                plan = passes(pipeline, emitter, request.output, own)
                files = files_of(plan, emitter, own)
        except ConductoError as error:
            report.diagnostics.extend(error.diagnostics)
            continue
        report.diagnostics.extend(own.diagnostics)
        outputs += [Output(emitter.name, pipeline.repository.absolute(path), text) for path, text in files.items()]
        needed = runtime.path(pipeline.repository) if plan.runtime else needed
    report.raise_errors()
    origin = pipeline.origin
    return Compiled(origin.name, Maker(origin.source, origin.function), tuple(outputs), needed, report.once)


def front(request: Request, module: Module | None = None) -> Pipeline:
    """Run the user's file, unless it has been run already, and find the root that FUNC means."""
    project = config.load(request.file)
    module = module or run.load_main(request.file)
    function, arguments = request.function, request.arguments
    if function is None and not arguments:
        function, arguments = entry.split(module.words or ())
    chosen = entry.choose(module, function)
    with run.asking():
        root = run.calling(module, lambda: entry.pipeline(chosen, arguments))
    home = repository.of(request.file)
    source = home.relative(request.file)
    known = request.entry or project.find(request.file, _spellings(request, module, chosen, arguments), request.targets)
    usual = repository.pipeline_name(source, chosen.name, chosen.explicit, project.name)
    name = usual if known is None or known.name is None else known.name
    origin = Origin(name, source, chosen.name, chosen.explicit, arguments)
    return Pipeline(root, origin, home, project.of(known), known)


def _spellings(request: Request, module: Module, chosen: Entry, arguments: tuple[str, ...]) -> set[config.Call]:
    """All that pyproject.toml may have for what was asked for: the default need not be named, nor what the file asks for."""
    usual = not chosen.explicit
    own = entry.split(module.words or ()) == (chosen.name, arguments)
    found = {(request.function, request.arguments), (chosen.name, arguments)}
    return found | ({(None, arguments)} if usual else set()) | ({(None, ())} if own else set())


def passes(pipeline: Pipeline, emitter: Emitter, output: str | None, report: Report) -> Plan:
    """The passes between a tree of nodes and a Plan for one target."""
    progress.step("resolving what nodes inherit")
    image = pipeline.config.default_image(emitter.name)
    tree = resolve.resolve(pipeline.root, image, pipeline.repository, report)
    report.raise_errors()
    progress.step("translating commands")
    tree = shared.shared(tree, pipeline.config.shared_data)
    named = needed.named(tree)
    tree = translate.translate(tree, pipeline.repository, pipeline.origin.folder, report)
    report.raise_errors()
    origin = pipeline.origin._replace(printed=tuple(header.printed(tree)))
    with targets.naming(emitter):
        origin = place(origin, pipeline.repository, emitter, output, pipeline.entry)
    progress.step("ordering nodes")
    plan = lower.lower(tree, origin, pipeline.config.settings(emitter.name), report)
    if plan.runtime:
        plan.archive = runtime.current(runtime.path(pipeline.repository))
    if emitter.limits.carries:
        plan.files = carried.files(plan, pipeline.repository, report)
    needed.check(plan, named, pipeline.repository, emitter.limits, report)
    progress.step("checking the order")
    complaints = check.complaints(plan)
    if complaints:
        raise ConductoError(our_bug(f"the plan is wrong: {complaints[0]}"))
    return plan


def files_of(plan: Plan, emitter: Emitter, report: Report) -> Files:
    """The files of one target, paths from the repository's root; complaints go to `report`, and then there are no files."""
    progress.step("looking for what the target cannot say")
    limits.check_plan(plan, emitter, report)
    options.check_options(plan, emitter, report)
    # An emitter need not bear what its own limits refuse: a chain too deep for it would cost the square of its length.
    if report.errors:
        return {}
    progress.step(f"making {len(plan.rows):,} nodes into a document")
    with targets.naming(emitter):
        document = emitter.document(plan, report)
    if report.errors:
        return {}
    progress.step("checking the document")
    check_document(emitter, document)
    progress.step("writing")
    with targets.naming(emitter):
        files = emitter.render(document)
    limits.check_files(plan, files, emitter, report)
    return files


_Validator: Any = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "array", lambda _, found: isinstance(found, (list, targets.OnDemand))
    ),
)


def check_document(emitter: Emitter, document: Document) -> None:
    """Hold a document against its emitter's schema; a complaint is a bug of the emitter."""
    if emitter.schema is None:
        return
    error = next(iter(_Validator(emitter.schema).iter_errors(document)), None)
    if error is not None:
        where = "/".join(str(part) for part in error.absolute_path)
        what = f"made a document that breaks its schema at {where or '/'}: {error.message}"
        raise ConductoError(targets.fault(emitter, what))
