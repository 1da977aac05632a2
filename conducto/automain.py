"""`co.main()`: a file's own command line."""

from __future__ import annotations

import os
import pprint
import sys
from typing import Any, Callable, List, Mapping, Optional, Sequence

from . import defaults, run, source, streams
from .blame import blame, said
from .diagnostics import ConductoError, ConductoTypeError
from .entry import Module


def main(
    variables: Optional[Mapping[str, Any]] = None,
    default: Optional[Callable[..., Any]] = None,
    argv: Optional[Sequence[str]] = None,
    env: Optional[Mapping[str, Any]] = None,
    cpu: Optional[float] = None,
    gpu: Optional[int] = None,
    mem: Optional[float] = None,
    requires_docker: bool = False,
    image: Any = None,
    filename: Optional[str] = None,
    printer: Callable[[Any], Any] = pprint.pprint,
) -> Any:
    """Run what the command line asks of this file: `python file.py [func] [--arg=value]`.

    A node is printed as a tree; any other result but None goes to `printer` and is returned. `variables` are the names to
    look in (the caller's; of names that are picked out, functions of other files count too), `default` is the function for
    a command line that names none, `argv` the words (sys.argv[1:]), `filename` the file that is told of (the caller's).
    `env`, `cpu`, `gpu`, `mem` (GB), `requires_docker` and `image` count as if the root had been given them: `image` where
    it chooses none, of `env` the root's keys win, and what the root says of the others must be the same (C416).

    What is wrong is said on stderr, and the program exits with status 2. Where a module that is no program calls it, raises
    ConductoTypeError (C411) for `variables` that are no dict, a `default` that is no function with a name, or `argv` that is no
    list of texts, ConductoTypeError or ConductoValueError (C110, C116) for an attribute's value.
    """
    caller = sys._getframe(1)
    given = {"env": env, "cpu": cpu, "gpu": gpu, "mem": mem, "requires_docker": requires_docker, "image": image}
    words = list(argv) if isinstance(argv, (list, tuple)) else sys.argv[1:]
    file = filename or caller.f_code.co_filename
    try:
        _check(variables, default, argv)
        attributes = defaults.checked(given)
    except ConductoError as error:
        if run.recording or caller.f_globals.get("__name__") != "__main__":
            raise
        raise _end(error, file, words) from None
    names = {**caller.f_globals, **caller.f_locals} if variables is None else dict(variables)
    if run.recording:
        raise run.MainReached(names, default, argv, attributes)
    return _run(Module(file, names, default, path=sys.path, defaults=attributes), words, printer)


def _check(variables: Any, default: Any, argv: Any) -> None:
    if variables is not None and not isinstance(variables, Mapping):
        raise _wrong("variables", variables, 0, "a dict of names", "co.main(variables={...})")
    if default is not None and not (callable(default) and hasattr(default, "__name__")):
        raise _wrong("default", default, 1, "a function", "co.main(default=run)")
    if argv is not None and not (isinstance(argv, (list, tuple)) and all(isinstance(word, str) for word in argv)):
        raise _wrong("argv", argv, 2, "a list of texts", "co.main(argv=['run', '--n=1'])")


def _wrong(name: str, value: Any, position: int, wanted: str, example: str) -> ConductoError:
    message = f"`{name}` is {said(value)}, and must be {wanted}"
    return blame(ConductoTypeError, "C411", message, source.argument(name, position), help=f"write `{example}`")


def _run(module: Module, words: List[str], printer: Callable[[Any], Any]) -> Any:
    """Run what the words of a command line mean; what is wrong ends the program."""
    try:
        return run.run_words(module, words, printer, f"python {os.path.basename(module.file)}")
    except ConductoError as error:
        raise _end(error, module.file, words) from None
    except BrokenPipeError:
        raise SystemExit(streams.reader_gone()) from None


def _end(error: ConductoError, file: str, words: List[str]) -> SystemExit:
    """Say what is wrong; the end of the program."""
    run.complain(error, ["python", os.path.basename(file), *words])
    return SystemExit(2)
