"""`conducto`: `conducto FILE ...` needs the standard library alone, the other commands load click."""

from __future__ import annotations

import sys

from . import run


def main() -> int:
    """The exit status of the command line in sys.argv."""
    words = sys.argv[1:]
    if words and run.is_file(words[0]):
        return run.main(words)
    from .cli import cli

    return cli()


if __name__ == "__main__":
    sys.exit(main())
