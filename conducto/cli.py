"""The `conducto` command."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence

import click

from . import commandline, draw, entry, output, targets
from .compile import Compiled, Request, compile_request, is_folder, sequence
from .diagnostics import ConductoError, Diagnostic
from .source import shown_path

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
    required=True,
    metavar="NAME",
    help=f"{', '.join(targets.names())}; may be given more than once.",
)
@click.option("-o", "--output", metavar="PATH", help="Where to write (a file, a folder, or - for standard output).")
@click.option("--check", is_flag=True, help="Write nothing: print how the files on disk differ; exit 1 if they do.")
@click.option("--force", is_flag=True, help="Overwrite a file that was not made from this source.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How diagnostics are printed."
)
@click.argument("file")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[FUNC] [--ARG=VALUE ...]")
@click.pass_obj
def compile_command(
    after: tuple[str, ...],
    names: Sequence[str],
    output: str | None,
    check: bool,
    force: bool,
    form: str,
    file: str,
    words: Sequence[str],
) -> int:
    """Compile the pipeline of FILE.

    FUNC is a function that returns a tree, or the name of a module-level node; without it, the file's default. Options that
    are none of these go to FUNC; after -- all do.
    """
    function, arguments = entry.split(words)
    request = Request(file, function, (*arguments, *after), sequence(names), output)
    # Nothing is written but what is compiled: no __pycache__ beside the user's modules either.
    sys.dont_write_bytecode = True
    found: list[Diagnostic] = []
    written: list[str] = []
    try:
        _check_options(request, check)
        with _stdout_to_stderr():
            compiled = compile_request(request)
        found.extend(compiled.warnings)
        status = _deliver(compiled, request, check, force, written)
    except ConductoError as error:
        found.extend(error.diagnostics)
        status = 2
    _complain(found, form)
    for line in written if form == "text" else ():
        click.echo(line, err=True)
    return status


def _check_options(request: Request, check: bool) -> None:
    if not request.targets:
        raise ConductoError(
            Diagnostic("C401", "no target is given", help=f"write `--target` with {' or '.join(targets.names())}")
        )
    many = len(request.targets) > 1 and request.output is not None and not is_folder(request.output)
    if many:
        message = f"`-o {request.output}` is one file, and {len(request.targets)} targets were given"
        raise ConductoError(
            Diagnostic("C415", message, help="give a folder (`-o FOLDER/`), or compile one target at a time")
        )
    if check and request.output == "-":
        message = "`--check` compares with files, and `-o -` names none"
        raise ConductoError(Diagnostic("C415", message, help="leave out one of the two"))


def _deliver(compiled: Compiled, request: Request, check: bool, force: bool, written: list[str]) -> int:
    """Write, print or compare; what was written goes to `written`, a line a file."""
    if request.output == "-":
        sys.stdout.buffer.write("".join(compiled.files.values()).encode())
        return 0
    if check:
        difference = output.difference(compiled.files)
        sys.stdout.buffer.write(difference.encode())
        return 1 if difference else 0
    changed = output.write(compiled.files, compiled.maker, force)
    for path in compiled.files:
        state = "wrote" if os.path.realpath(path) in changed else "unchanged"
        written.append(f"{state} {shown_path(path)}")
    return 0


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
    """All that is to be said, at once: JSON is one array."""
    placed = [commandline.placed(diagnostic, ["conducto", *sys.argv[1:]]) for diagnostic in diagnostics]
    if placed:
        sys.stderr.write(draw.as_json(placed) if form == "json" else draw.text(placed))


def cli() -> int:
    """Run the command line in sys.argv; the exit status (2 for what is wrong, as click has it)."""
    try:
        status = group.main(standalone_mode=False, prog_name="conducto")
    except click.ClickException as error:
        if any(form == "json" for _, form in commandline.values(sys.argv, "--format", "--format")):
            _complain([Diagnostic("C400", error.format_message(), help="conducto --help")], "json")
        else:
            error.show()
        return error.exit_code
    except click.Abort:
        return 130
    return status if isinstance(status, int) else 0
