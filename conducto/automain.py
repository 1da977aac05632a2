"""`co.main()`: a file's own command line."""

from __future__ import annotations

import pprint
import sys
from typing import Any, Callable, Mapping, Optional, Sequence

from . import draw, run
from .diagnostics import ConductoError
from .entry import Module


def main(
    variables: Optional[Mapping[str, Any]] = None,
    default: Optional[Callable[..., Any]] = None,
    argv: Optional[Sequence[str]] = None,
    *,
    filename: Optional[str] = None,
    printer: Callable[[Any], Any] = pprint.pprint,
) -> Any:
    """Run what the command line asks of this file: `python file.py [func] [--arg=value]`.

    A node is printed as a tree; any other result but None goes to `printer` and is returned. `variables` are the names to
    look in (the caller's), `default` is the function for a command line that names none, `argv` the words (sys.argv[1:]).
    What is wrong is said on stderr, and the program exits with status 2.
    """
    caller = sys._getframe(1)
    names = dict(caller.f_locals if variables is None else variables)
    names.setdefault("__name__", caller.f_globals.get("__name__"))
    if run.recording:
        raise run.MainReached(names, default)
    module = Module(filename or caller.f_code.co_filename, names, default)
    try:
        return run.run_words(module, list(sys.argv[1:] if argv is None else argv), printer)
    except ConductoError as error:
        sys.stderr.write(draw.text(error.diagnostics))
        raise SystemExit(2) from None
