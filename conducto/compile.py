"""The compiler, one pass a line: a user's file to the files of one or more targets."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import jsonschema

from . import config, entry, header, limits, repository, run, targets
from .diagnostics import ConductoError, Diagnostic, Report
from .header import Maker
from .ir import check, lower, resolve, translate
from .ir.plan import Origin, Plan
from .ir.tree import Tree
from .nodes import Node
from .repository import Repository
from .targets import Document, Emitter, Files


@dataclass(frozen=True)
class Request:
    """What to compile: a file, FUNC and its arguments, the targets, and where `-o` wants the output."""

    file: str
    function: str | None = None
    arguments: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    output: str | None = None


@dataclass(frozen=True)
class Compiled:
    """Absolute path -> text of every target, what the files say they were made by, and the warnings."""

    files: Files
    maker: Maker
    warnings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class Pipeline:
    """A user's pipeline, run and not yet compiled: its root, where it is from, and the project it is of."""

    root: Node
    origin: Origin
    repository: Repository
    config: config.Config


def compile_request(request: Request) -> Compiled:
    """Compile for every target of `request`, or raise ConductoError with everything that is wrong; writes nothing."""
    emitters = [targets.get(name) for name in request.targets]
    pipeline = front(request)
    report = Report()
    files: Files = {}
    for emitter in emitters:
        files.update(compile_target(pipeline, emitter, request.output, report))
    report.raise_errors()
    maker = Maker(pipeline.origin.source, pipeline.origin.function)
    return Compiled(files, maker, report.once)


def front(request: Request) -> Pipeline:
    """Run the user's file and find the root that FUNC means."""
    settings = config.load(request.file)
    module = run.load_main(request.file)
    function, arguments = request.function, request.arguments
    if function is None and not arguments:
        function, arguments = entry.split(module.words or ())
    chosen = entry.choose(module, function)
    root = run.calling(module, lambda: entry.pipeline(chosen, arguments))
    home = repository.of(request.file)
    source = home.relative(request.file)
    name = repository.pipeline_name(source, chosen.name, chosen.explicit)
    origin = Origin(name, source, chosen.name, chosen.explicit, arguments)
    return Pipeline(root, origin, home, settings)


def compile_target(pipeline: Pipeline, emitter: Emitter, output: str | None, report: Report) -> Files:
    """The files of one target by absolute path; complaints go to `report`, and then there are no files."""
    before = len(report.errors)
    plan = passes(pipeline, emitter, output, report)
    limits.check_plan(plan, emitter, report)
    document = emitter.document(plan, report)
    if len(report.errors) > before:
        return {}
    check_document(emitter, document)
    files = emitter.render(document)
    limits.check_files(files, emitter, report)
    return {pipeline.repository.absolute(path): text for path, text in files.items()}


def passes(pipeline: Pipeline, emitter: Emitter, output: str | None, report: Report) -> Plan:
    """The passes between a tree of nodes and a Plan for one target."""
    tree = resolve.resolve(pipeline.root, pipeline.config.default_image(emitter.name))
    tree = translate.translate(tree)
    plan = lower.lower(tree, place(pipeline, tree, emitter, output), pipeline.config.settings(emitter.name), report)
    complaints = check.complaints(plan)
    if complaints:
        raise _our_bug(f"the plan is wrong: {complaints[0]}")
    return plan


def place(pipeline: Pipeline, tree: Tree, emitter: Emitter, output: str | None) -> Origin:
    """The origin of a plan with the file it goes to. Raises C412 where the target needs a repository or `-o`."""
    origin = pipeline.origin._replace(printed=tuple(header.printed(tree)))
    default = emitter.output(origin)
    if output == "-" or output is None:
        if output is None and emitter.limits.needs_repository and not pipeline.repository.found:
            message = f"{origin.source} lies in no repository, so there is no place for {default}"
            raise ConductoError(Diagnostic("C412", message, help="give the path of the file by `-o`"))
        return origin._replace(output=default)
    path = os.path.join(output, os.path.basename(default)) if is_folder(output) else output
    relative = pipeline.repository.relative(path)
    if relative == origin.source:
        message = f"`-o {output}` is the pipeline's own source"
        raise ConductoError(Diagnostic("C410", message, help="give another path by `-o`"))
    said = f".../{os.path.basename(relative)}" if relative.startswith("../") else relative
    return origin._replace(output=relative, output_option="" if relative == default else said)


def is_folder(output: str) -> bool:
    """Whether `-o` names a folder: one that is there, or a path that ends in `/`."""
    return output != "-" and (os.path.isdir(output) or output.endswith(("/", os.sep)))


def check_document(emitter: Emitter, document: Document) -> None:
    """Hold a document against its emitter's schema; a complaint is a bug of the emitter."""
    if emitter.schema is None:
        return
    error = next(iter(jsonschema.Draft202012Validator(emitter.schema).iter_errors(document)), None)
    if error is not None:
        where = "/".join(str(part) for part in error.absolute_path)
        raise _our_bug(f"the document of target `{emitter.name}` breaks its schema at {where or '/'}: {error.message}")


def _our_bug(message: str) -> ConductoError:
    return ConductoError(Diagnostic("C901", message, help="this is a bug of conducto's: please report it"))


def sequence(names: Sequence[str]) -> tuple[str, ...]:
    """Target names as given by `--target a,b --target c`, each once, in the order given."""
    return tuple(dict.fromkeys(part.strip() for name in names for part in name.split(",") if part.strip()))
