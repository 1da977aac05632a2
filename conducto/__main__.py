"""`conducto`: `conducto FILE ...` needs the standard library alone, the other commands load click."""

from __future__ import annotations

import sys

from . import run


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
    from .cli import cli

    return cli()


if __name__ == "__main__":
    sys.exit(main())
