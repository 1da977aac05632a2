"""`conducto`: `conducto FILE ...` needs the standard library alone, the other commands load click. Called by another name, it is
the program of that name (conducto-data-pipeline and its like), as in containers all are one file.
"""

from __future__ import annotations

import errno
import os
import sys

from . import streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List

#: What a write to a stream fails of.
_OUTPUT = (errno.ENOSPC, errno.EBADF, errno.EIO, errno.EFBIG, errno.EDQUOT)


def main() -> int:
    """The exit status of the command line in sys.argv: 2 for whatever is wrong, so that 1 always means stale."""
    streams.open_streams()
    try:
        status = _run(os.path.basename(sys.argv[0]), sys.argv[1:])
        sys.stdout.flush()
        sys.stderr.flush()
        return status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return streams.reader_gone()
    except Exception as error:
        return _wrong(error)


def _run(program: str, words: List[str]) -> int:
    if program.startswith("conducto-"):
        from .data import command

        if program in command.PROGRAMS:
            return command.main(program, words)
    if words == ["--version"] and _tell_version():
        return 0
    from . import run

    return run.main(words) if words and run.is_file(words[0]) else _command()


def _tell_version() -> bool:
    """Say as click would which release this is, before it is loaded; the runtime file is of none."""
    try:
        from .version import VERSION
    except ModuleNotFoundError:
        return False
    print(f"conducto, version {VERSION}")
    return True


def _wrong(error: Exception) -> int:
    """Say what nobody foresaw, and let Python find nothing more to write at its end."""
    import contextlib
    import traceback

    from . import commandline, draw, run
    from .diagnostics import ConductoError, Diagnostic, our_bug

    if isinstance(error, OSError) and error.filename is None and error.errno in _OUTPUT:
        diagnostic = Diagnostic("C418", f"cannot write standard output: {error.strerror}")
    elif isinstance(error, FileNotFoundError) and not _folder_is_there():
        diagnostic = Diagnostic("C418", "the working folder is not there any more", help="change to one that is")
    else:
        diagnostic = our_bug(f"conducto itself failed: {type(error).__name__}: {error}")
    with contextlib.suppress(OSError):  # nor can it be said where stderr is what failed
        words = ["conducto", *sys.argv[1:]]
        if sys.argv[1:2] in (["compile"], ["runtime"]) and commandline.wants_json(words):
            sys.stderr.write(draw.as_json([commandline.placed(diagnostic, words)]))
        else:
            if diagnostic.code == "C901":
                traceback.print_exc()
            run.complain(ConductoError(diagnostic), words)
    streams.silence(sys.stdout, sys.stderr)
    return 2


def _folder_is_there() -> bool:
    try:
        return bool(os.getcwd())
    except FileNotFoundError:
        return False


def _command() -> int:
    try:
        from .cli import cli
    except ModuleNotFoundError as error:
        if error.name != "conducto.cli":
            raise
        return _without_compiler(sys.argv[1:])
    return cli()


def _without_compiler(words: List[str]) -> int:
    """In the runtime file, which has no commands."""
    from . import run
    from .diagnostics import ConductoError, Diagnostic

    if words in ([], ["-h"], ["--help"]):
        print("usage: conducto FILE [FUNC] [--ARG=VALUE ...]")
        return 0 if words else 2
    message = f"`conducto {words[0]}` needs the compiler, and this is the runtime file alone"
    help = "install conducto-compiler; or name a FILE, which ends in `.py` or holds a `/`"
    run.complain(ConductoError(Diagnostic("C427", message, help=help)), ["conducto", *words])
    return 2


if __name__ == "__main__":
    sys.exit(main())
