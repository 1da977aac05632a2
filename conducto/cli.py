"""The `conducto` command."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import click

from . import commandline, draw, entry, launch, orphans, output, pipelines, repository, runtime, targets
from .compile import Compiled, Request
from .diagnostics import ConductoError, Diagnostic, did_you_mean
from .launch.options import OPTIONS, Options
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

    `conducto FILE [FUNC] [--ARG=VALUE ...]` prints the tree of a file, or calls one of its functions.
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
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[FILE] [FUNC] [--ARG=VALUE ...]")
@click.pass_obj
def compile_command(
    after: tuple[str, ...],
    names: Sequence[str],
    output: str | None,
    check: bool,
    force: bool,
    form: str,
    words: Sequence[str],
) -> int:
    """Compile the pipeline of FILE; without FILE, all pipelines of the nearest pyproject.toml.

    FUNC is a function that returns a tree, or the name of a module-level node; without it, the file's default. Options that
    are none of these go to FUNC; after -- all do.
    """
    before, file, behind = _parted(words)
    function, arguments = entry.split(behind)
    wanted = targets.sequence(names)
    # Nothing is written but what is compiled: no __pycache__ beside the user's modules either.
    sys.dont_write_bytecode = True
    with _ending(form) as ended:
        _check_before(before, "compile")
        if names and not wanted:
            raise pipelines.no_target()
        if file is None:
            _refuse([f"-o {output}"] if output is not None else (*before, *after))
            requests = pipelines.everything(os.curdir, wanted)
        else:
            requests = pipelines.of_file(Request(file, function, (*before, *arguments, *after), wanted, output))
        _check_options(requests, output, check)
        with _stdout_to_stderr():
            compiled = pipelines.compile_all(requests)
        ended.said += pipelines.warnings(compiled)
        if output == "-":
            _print(compiled)
        elif check:
            _check(pipelines.files(compiled), ended)
            ended.stale(orphans.of_project(compiled, requests) if file is None and not wanted else ())
        else:
            _write(pipelines.files(compiled), force, ended)
    return ended.status


def _launching(command: click.decorators.FC) -> click.decorators.FC:
    """The options of a launch, as `python FILE` has them."""
    for name, option in reversed(tuple(OPTIONS.items())):
        if option.read is None:
            usual = Options._field_defaults[option.field]
            take = click.option(f"--{name}/--no-{name}", option.field, default=usual, help=option.help)
        else:
            short = ("-j",) if name == "jobs" else ()
            reader = _reader(option.read, option.value)
            take = click.option(
                *short, f"--{name}", option.field, metavar=option.value, callback=reader, help=option.help
            )
        command = take(command)
    return click.option("--local", is_flag=True, hidden=True, expose_value=False)(command)


def _reader(read: Callable[[str], Any], wanted: str) -> Callable[[click.Context, click.Parameter, str | None], Any]:
    """What click calls for the value of an option."""

    def value(_: click.Context, __: click.Parameter, given: str | None) -> Any:
        try:
            return None if given is None else read(given)
        except ValueError:
            raise click.BadParameter(f"`{given}` is not {wanted}") from None

    return value


@group.command("run", cls=_Compile, context_settings={**_CONTEXT, "ignore_unknown_options": True})
@_launching
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="FILE [FUNC] [--ARG=VALUE ...]")
@click.pass_obj
def run_command(after: tuple[str, ...], /, words: Sequence[str], **given: Any) -> int:
    """Run the pipeline of FILE on this machine: it is compiled for make into .conducto/local, and run there.

    FUNC and its arguments are as for `conducto compile`. The exit status is 0 where the root is done, 1 where it failed, 130
    where the run was interrupted, and 2 for what is wrong with the pipeline or the command line.
    """
    before, file, behind = _parted(words)
    function, arguments = entry.split(behind)
    sys.dont_write_bytecode = True
    with _ending("text") as ended:
        _check_before(before, "run")
        if file is None:
            message = "no FILE is given, and a run is of one"
            raise ConductoError(Diagnostic("C415", message, help="name the Python file that defines the pipeline"))
        found = Options(**{name: value for name, value in given.items() if value is not None})
        request = Request(file, function, (*before, *arguments, *after), ("make",))
        ended.status = launch.of_request(request, found)
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
    with _ending(form) as ended:
        path = runtime.path(repository.of("here"))
        file = File(path, runtime.archive() if update else runtime.current(path), None)
        ended.said += filter(None, [runtime.ignored(path)])
        if check:
            _check([file], ended)
        else:
            _write([file], force, ended)
    return ended.status


# --- what is done with it ---------------------------------------------------------------------------------------------


class _Ended:
    """How a command ends: its status, and what is said then on stderr."""

    def __init__(self) -> None:
        self.status = 0
        self.said: list[Diagnostic] = []
        #: What was written, a line a file.
        self.written: list[str] = []

    def stale(self, left: Iterable[Diagnostic]) -> None:
        """Take what is left on disk that nothing makes any more."""
        before = len(self.said)
        self.said += left
        self.status = 1 if len(self.said) > before else self.status


@contextlib.contextmanager
def _ending(form: str) -> Iterator[_Ended]:
    """Say at the end all that is to be said; what is wrong is status 2."""
    ended = _Ended()
    try:
        yield ended
    except ConductoError as error:
        ended.said += error.diagnostics
        ended.status = 2
    _complain(ended.said, form)
    for line in ended.written if form == "text" else ():
        click.echo(line, err=True)


def _parted(words: Sequence[str]) -> tuple[Sequence[str], str | None, Sequence[str]]:
    """The words before FILE, FILE (None for none), and those behind it; all but our own options, which may stand anywhere."""
    at = next((number for number, word in enumerate(words) if not word.startswith("-")), len(words))
    return words[:at], next(iter(words[at:]), None), words[at + 1 :]


def _check_before(words: Sequence[str], command: str) -> None:
    """Refuse what stands before FILE and is no `--ARG=VALUE`: an option of ours misspelt, or one whose value would be FILE."""
    for word in words:
        if not (word.startswith("--") and "=" in word):
            known = [name for option in group.commands[command].params for name in option.opts]
            help = did_you_mean(word, known) or "write arguments of FUNC behind FILE, or as `--ARG=VALUE`"
            message = f"`conducto {command}` has no option `{word}`"
            raise ConductoError(Diagnostic("C415", message, location=commandline.word(word), help=help))


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


def _print(compiled: Sequence[Compiled]) -> None:
    sys.stdout.buffer.write("".join(made.text for one in compiled for made in one.outputs).encode())


def _check(files: Sequence[File], ended: _Ended) -> None:
    """Print how the files on disk differ; status 1 if they do."""
    difference = output.difference(files)
    sys.stdout.buffer.write(difference.encode())
    ended.status = 1 if difference else 0


def _write(files: Sequence[File], force: bool, ended: _Ended) -> None:
    changed = output.write(files, force)
    for file in files:
        state = "wrote" if os.path.realpath(file.path) in changed else "unchanged"
        ended.written.append(f"{state} {shown_path(file.path)}")


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
    sys.stderr.write(draw.as_json(placed) if form == "json" else draw.text(placed))


def cli() -> int:
    """Run the command line in sys.argv; the exit status (2 for what is wrong, as click has it)."""
    try:
        status = group.main(standalone_mode=False, prog_name="conducto")
    except click.ClickException as error:
        if commandline.wants_json(sys.argv):
            _complain([Diagnostic("C400", error.format_message(), help="conducto --help")], "json")
        else:
            error.show()
        return error.exit_code
    except click.Abort:
        return 130
    return status if isinstance(status, int) else 0
