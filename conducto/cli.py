"""The `conducto` command."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

import click

from . import draw, output, targets
from .compile import Compiled, Request, compile_request, sequence
from .diagnostics import ConductoError, Diagnostic, Location
from .source import shown_path
from .text import shell_word

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=_CONTEXT)
@click.version_option(package_name="conducto-compiler", prog_name="conducto")
def group() -> None:
    """Compile pipelines written as Python trees to Argo Workflows, GitHub Actions or a Makefile.

    `conducto FILE [FUNC] [--ARG=VALUE ...]` prints the tree of a file, or runs one of its functions.
    """


@group.command("compile", context_settings={**_CONTEXT, "ignore_unknown_options": True})
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
def compile_command(
    names: Sequence[str], output: str | None, check: bool, force: bool, form: str, file: str, words: Sequence[str]
) -> int:
    """Compile the pipeline of FILE.

    FUNC is a function that returns a tree, or the name of a module-level node; without it, the file's default. Options that
    are none of these go to FUNC; after -- all do.
    """
    function = words[0] if words and not words[0].startswith("-") else None
    arguments = tuple(words[1:] if function else words)
    request = Request(file, function, arguments, sequence(names), output)
    try:
        with _stdout_to_stderr():
            compiled = _compile(request)
        return _deliver(compiled, request, check, force, form)
    except ConductoError as error:
        _complain([_on_command_line(diagnostic) for diagnostic in error.diagnostics], form)
        return 2


def _compile(request: Request) -> Compiled:
    if not request.targets:
        raise ConductoError(
            Diagnostic("C401", "no target is given", help=f"write `--target` with {' or '.join(targets.names())}")
        )
    many = len(request.targets) > 1 and request.output is not None and not os.path.isdir(request.output)
    if many:
        message = f"`-o {request.output}` is one file, and {len(request.targets)} targets were given"
        raise ConductoError(
            Diagnostic("C415", message, help="give a folder that is there, or compile one target at a time")
        )
    return compile_request(request)


def _deliver(compiled: Compiled, request: Request, check: bool, force: bool, form: str) -> int:
    if compiled.warnings:
        _complain(compiled.warnings, form)
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
        click.echo(f"{state} {shown_path(path)}", err=True)
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
    drawn = draw.as_json(diagnostics) if form == "json" else draw.text(diagnostics)
    sys.stderr.write(drawn)


#: The option whose value a diagnostic of this code is about; of the others in `_FILE`, it is about FILE.
_ABOUT = {"C401": ("--target", "-t"), "C415": ("--output", "-o"), "C418": ("--output", "-o")}
_FILE = ("C402", "C412")


def _on_command_line(diagnostic: Diagnostic) -> Diagnostic:
    """`diagnostic` with the word of the command line that it is about, where it is about nothing in a file."""
    if diagnostic.location is not None:
        return diagnostic
    drawn = "conducto"
    place: tuple[int, int] | None = None
    before = ""
    for word in sys.argv[1:]:
        start, drawn = len(drawn) + 1, f"{drawn} {shell_word(word)}"
        lead = _about(diagnostic.code, before, word)
        if lead is not None and place is None:
            place = start + lead, len(drawn)
        before = word
    first, last = place or (0, len(drawn))
    return replace(diagnostic, location=Location(None, 1, first, last, drawn))


def _about(code: str, before: str, word: str) -> int | None:
    """How far into `word` the value begins that a diagnostic of `code` is about, or None where it is about another word."""
    options = _ABOUT.get(code, ())
    option, equals, _ = word.partition("=")
    if before in options or (code in _FILE and word.endswith(".py") and before not in ("-o", "--output")):
        return 0
    return len(option) + 1 if equals and option in options else None


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
