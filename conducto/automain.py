"""`co.main()`: a file's own command line."""

from __future__ import annotations

import os
import pprint
import sys
from typing import Any, Callable, Mapping, Optional, Sequence

from . import attributes, run, source
from .diagnostics import ConductoError, ConductoTypeError
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
    What is wrong is said on stderr, and the program exits with status 2. Raises ConductoTypeError (C411) for a `default`
    that is no function with a name.
    """
    caller = sys._getframe(1)
    names = {**caller.f_globals, **caller.f_locals} if variables is None else dict(variables)
    names.setdefault("__name__", caller.f_globals.get("__name__"))
    if default is not None and not (callable(default) and hasattr(default, "__name__")):
        message = f"`default` is {attributes.said(default)}, and must be a function"
        pick = source.argument("default", 1)
        raise attributes.blame(ConductoTypeError, "C411", message, pick, help="write `co.main(default=run)`")
    if run.recording:
        raise run.MainReached(names, default, argv)
    file = filename or caller.f_code.co_filename
    module = Module(file, names, default, path=sys.path)
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return run.run_words(module, words, printer, f"python {os.path.basename(file)}")
    except ConductoError as error:
        run.complain(error, ["python", os.path.basename(file), *words])
        raise SystemExit(2) from None
    except BrokenPipeError:
        raise SystemExit(run.reader_gone()) from None
