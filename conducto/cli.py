"""The `conducto` command."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence

import click

from . import commandline, draw, entry, orphans, output, pipelines, repository, runtime, targets
from .compile import Compiled, Request
from .diagnostics import ConductoError, Diagnostic
from .output import File
from .place import is_folder
from .source import shown_path

_FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How diagnostics are printed."
)
_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=_CONTEXT)
@click.version_option(package_name="conducto-compiler", prog_name="conducto")
def group() -> None:
    """Compile pipelines written as Python trees to Argo Workflows, GitHub Actions or a Makefile.

    `conducto FILE [FUNC] [--ARG=VALUE ...]` prints the tree of a file, or runs one of its functions.
    """


class _Compile(click.Command):
    """A command that keeps the words after `--` apart: all of them go to the user's function."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click's, for the words before `--`; those after it are left in `ctx.obj`."""
        cut = args.index("--") if "--" in args else len(args)
        ctx.obj = tuple(args[cut + 1 :])
        return super().parse_args(ctx, args[:cut])


@group.command("compile", cls=_Compile, context_settings={**_CONTEXT, "ignore_unknown_options": True})
@click.option(
    "-t",
    "--target",
    "names",
    multiple=True,
    metavar="NAME",
    help=f"{', '.join(targets.names())}; may be given more than once. Without it, what pyproject.toml says.",
)
@click.option("-o", "--output", metavar="PATH", help="Where to write (a file, a folder, or - for standard output).")
@click.option("--check", is_flag=True, help="Write nothing: print how the files on disk differ; exit 1 if they do.")
@click.option("--force", is_flag=True, help="Overwrite a file that was not made from this source.")
@_FORMAT
@click.argument("file", required=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[FUNC] [--ARG=VALUE ...]")
@click.pass_obj
def compile_command(
    after: tuple[str, ...],
    names: Sequence[str],
    output: str | None,
    check: bool,
    force: bool,
    form: str,
    file: str | None,
    words: Sequence[str],
) -> int:
    """Compile the pipeline of FILE; without FILE, all pipelines of the nearest pyproject.toml.

    FUNC is a function that returns a tree, or the name of a module-level node; without it, the file's default. Options that
    are none of these go to FUNC; after -- all do.
    """
    function, arguments = entry.split(words)
    wanted = targets.sequence(names)
    # Nothing is written but what is compiled: no __pycache__ beside the user's modules either.
    sys.dont_write_bytecode = True
    with _complaining(form) as ended:
        if names and not wanted:
            raise pipelines.no_target()
        if file is None:
            _refuse([f"-o {output}"] if output is not None else after)
            requests = pipelines.everything(os.curdir, wanted)
        else:
            requests = pipelines.of_file(Request(file, function, (*arguments, *after), wanted, output))
        _check_options(requests, output, check)
        with _stdout_to_stderr():
            compiled = pipelines.compile_all(requests)
        said = pipelines.warnings(compiled)
        if output == "-":
            _print(compiled, said, form)
        elif check:
            whole = file is None and not wanted
            left = list(orphans.of_project(compiled, requests)) if whole else []
            ended.status = _check(pipelines.files(compiled), said, left, form)
        else:
            _write(pipelines.files(compiled), said, force, form)
    return ended.status


@group.command("runtime")
@click.option("--update", is_flag=True, help="Replace an older one that is good enough, too.")
@click.option("--check", is_flag=True, help="Write nothing: say whether something would be written; exit 1 if so.")
@click.option("--force", is_flag=True, help="Overwrite what is not ours, or of a later release.")
@_FORMAT
def runtime_command(update: bool, check: bool, force: bool, form: str) -> int:
    """Write the runtime file of this repository, .conducto/runtime.pyz, where there is none or one of an older interface.

    It is what commands that call conducto need in their containers. `conducto compile` writes it where a pipeline needs it.
    """
    with _complaining(form) as ended:
        path = runtime.path(repository.of("here"))
        file = File(path, runtime.archive() if update else runtime.current(path), None)
        warning = runtime.ignored(path)
        said = [warning] if warning else []
        if check:
            ended.status = _check([file], said, [], form)
        else:
            _write([file], said, force, form)
    return ended.status


# --- what is done with it ---------------------------------------------------------------------------------------------


class _Ended:
    """How a command ends."""

    status = 0


@contextlib.contextmanager
def _complaining(form: str) -> Iterator[_Ended]:
    """What is wrong is said on stderr, and is status 2."""
    ended = _Ended()
    try:
        yield ended
    except ConductoError as error:
        words = ["conducto", *sys.argv[1:]]
        _complain([commandline.placed(diagnostic, words) for diagnostic in error.diagnostics], form)
        ended.status = 2


def _refuse(words: Sequence[str]) -> None:
    """Refuse the first word that is for one FILE, where none is given."""
    if words:
        message = f"`{words[0]}` is for the pipeline of one FILE, and none is given"
        raise ConductoError(Diagnostic("C415", message, help="name the FILE"))


def _check_options(requests: Sequence[Request], output: str | None, check: bool) -> None:
    if output is None:
        return
    count = sum(len(request.targets) for request in requests)
    if count > 1 and not is_folder(output):
        message = f"`-o {output}` is one file, and {_count(requests)} were given"
        help = "give a folder (`-o FOLDER/`), or compile one target at a time"
    elif check and output == "-":
        message, help = "`--check` compares with files, and `-o -` names none", "leave out one of the two"
    else:
        return
    raise ConductoError(Diagnostic("C415", message, help=help))


def _count(requests: Sequence[Request]) -> str:
    names = {name for request in requests for name in request.targets}
    pipelines = len({(request.function, request.arguments) for request in requests})
    return f"{len(names)} targets" if pipelines == 1 else f"{pipelines} pipelines"


def _print(compiled: Sequence[Compiled], said: Sequence[Diagnostic], form: str) -> None:
    _complain(said, form)
    sys.stdout.buffer.write("".join(made.text for one in compiled for made in one.outputs).encode())


def _check(files: Sequence[File], said: Sequence[Diagnostic], left: Sequence[Diagnostic], form: str) -> int:
    """Print how the files on disk differ, and what is `left` there that nothing makes any more; status 1 for either."""
    difference = output.difference(files)
    sys.stdout.buffer.write(difference.encode())
    _complain([*said, *left], form)
    return 1 if difference or left else 0


def _write(files: Sequence[File], said: Sequence[Diagnostic], force: bool, form: str) -> None:
    _complain(said, form)
    changed = output.write(files, force)
    for file in files:
        state = "wrote" if os.path.realpath(file.path) in changed else "unchanged"
        if form == "text":
            click.echo(f"{state} {shown_path(file.path)}", err=True)


@contextlib.contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """What a user's file prints is not output of ours: `-o -` must give the document and nothing else."""
    sys.stdout.flush()
    saved = os.dup(1)
    os.dup2(2, 1)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        sys.stderr.flush()
        os.dup2(saved, 1)
        os.close(saved)


def _complain(diagnostics: Sequence[Diagnostic], form: str) -> None:
    if diagnostics:
        sys.stderr.write(draw.as_json(diagnostics) if form == "json" else draw.text(diagnostics))


def cli() -> int:
    """Run the command line in sys.argv; the exit status (2 for what is wrong, as click has it)."""
    try:
        status = group.main(standalone_mode=False, prog_name="conducto")
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 130
    return status if isinstance(status, int) else 0
