"""`conducto`: `conducto FILE ...` needs the standard library alone, the other commands load click."""

from __future__ import annotations

import sys
from typing import List

from . import run
from .diagnostics import ConductoError, Diagnostic


def main() -> int:
    """The exit status of the command line in sys.argv."""
    words = sys.argv[1:]
    try:
        return run.main(words) if words and run.is_file(words[0]) else _command()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return run.reader_gone()


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
    if words in ([], ["-h"], ["--help"]):
        print("usage: conducto FILE [FUNC] [--ARG=VALUE ...]")
        return 0 if words else 2
    message = f"`conducto {words[0]}` needs the compiler, and this is the runtime file alone"
    help = "install conducto-compiler; or name a FILE, which ends in `.py` or holds a `/`"
    run.complain(ConductoError(Diagnostic("C427", message, help=help)), ["conducto", *words])
    return 2


if __name__ == "__main__":
    sys.exit(main())
