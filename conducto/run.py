"""Running a user's file: as `__main__` for compile, as a module for `conducto FILE [FUNC]`. Standard library only."""

from __future__ import annotations

import contextlib
import os
import pprint
import sys
import traceback
import types
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence

from . import draw, entry, pretty
from .diagnostics import ConductoError, Diagnostic
from .entry import Module
from .nodes import Node
from .source import _OURS, Location, locate


class MainReached(BaseException):
    """Raised by `co.main` in a file that is only read: what it was given is all that was wanted."""

    def __init__(self, names: Dict[str, Any], default: Optional[Callable[..., Any]]) -> None:
        super().__init__()
        self.names = names
        self.default = default


#: Whether a file is being run for what it defines, so that `co.main` records instead of acting.
recording = False


def is_file(word: str) -> bool:
    """Whether a word of the command line names a file: it ends in `.py` or holds a `/`."""
    return word.endswith(".py") or "/" in word


def load_main(file: str) -> Module:
    """Run `file` as `__main__` up to its first `co.main`, whose default is kept.

    Raises ConductoError: C402 no such file, C403 it raised; what it raised of ours (C1xx) as it is.
    """
    return _load(file, "__main__")


def load_module(file: str) -> Module:
    """Import `file` without its `__main__` part, by its dotted name where it lies in a package. Errors as load_main."""
    return _load(file, _dotted(file))


def _load(file: str, name: str) -> Module:
    path = os.path.abspath(file)
    code = _compiled(file, path)
    module = types.ModuleType(name)
    module.__file__ = path
    module.__package__ = name.rpartition(".")[0] if name != "__main__" else None
    with _as_running(module, path, file):
        try:
            exec(code, module.__dict__)
        except MainReached as reached:
            return Module(path, reached.names, reached.default)
        except ConductoError:
            raise
        except (Exception, SystemExit) as error:
            raise _raised(file, error) from error
    return Module(path, module.__dict__)


def _compiled(file: str, path: str) -> types.CodeType:
    try:
        with open(path, "rb") as source:
            return compile(source.read(), path, "exec", dont_inherit=True)
    except OSError as error:
        message = f"cannot read {file}: {error.strerror}"
        raise ConductoError(Diagnostic("C402", message, help="name a Python file that defines a pipeline")) from error
    except (SyntaxError, ValueError) as error:
        raise _raised(file, error) from error


@contextlib.contextmanager
def _as_running(module: types.ModuleType, path: str, file: str) -> Iterator[None]:
    """The interpreter as if it were running the file: module table, argv, the file's folder first on the path."""
    global recording
    before = sys.modules.get(module.__name__), sys.argv, recording
    sys.modules[module.__name__] = module
    sys.argv = [file]
    folder = os.path.dirname(path)
    for _ in range(module.__name__.count(".")):
        folder = os.path.dirname(folder)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    recording = True
    try:
        yield
    finally:
        old, sys.argv, recording = before
        if old is not None and module.__name__ == "__main__":
            sys.modules[module.__name__] = old


def _dotted(file: str) -> str:
    path = os.path.abspath(file)
    parts = [os.path.basename(path)[: -len(".py")] if path.endswith(".py") else os.path.basename(path)]
    folder = os.path.dirname(path)
    while os.path.exists(os.path.join(folder, "__init__.py")):
        parts.insert(0, os.path.basename(folder))
        folder = os.path.dirname(folder)
    return ".".join(parts)


def calling(module: Module, call: Callable[[], Any]) -> Any:
    """What `call` (of the user's code) returns; an exception of it becomes C403 with its traceback, without our frames."""
    try:
        return call()
    except ConductoError:
        raise
    except Exception as error:
        raise _raised(module.file, error) from error


def _raised(file: str, error: BaseException) -> ConductoError:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(_OURS)]
    name = type(error).__name__
    said = str(error).split("\n")[0]
    message = f"{file} raised {name}: {said}" if said else f"{file} raised {name}"
    if isinstance(error, SyntaxError):
        return ConductoError(Diagnostic("C403", message, location=_syntax(error), help="correct it"))
    shown = "".join(traceback.format_list(frames)).rstrip().replace(os.getcwd() + os.sep, "")
    notes = (f"traceback (most recent call last)\n{shown}",) if shown else ()
    help = "run the file with python to see it alone"
    return ConductoError(Diagnostic("C403", message, location=_deepest(frames), notes=notes, help=help))


def _deepest(frames: Sequence[traceback.FrameSummary]) -> Optional[Location]:
    """The innermost line that is the user's own: outside the installation."""
    from .source import Span

    mine = [frame for frame in frames if not frame.filename.startswith((sys.prefix, sys.base_prefix, "<"))]
    frame = (mine or list(frames) or [None])[-1]  # type: ignore[list-item]
    if frame is None or frame.lineno is None:
        return None
    columns = getattr(frame, "colno", None), getattr(frame, "end_colno", None)
    if None in columns:
        return locate(frame.filename, frame.lineno)
    end = getattr(frame, "end_lineno", None) or frame.lineno
    return locate(frame.filename, frame.lineno, Span(frame.lineno, end, columns[0], columns[1]))  # type: ignore[arg-type]


def _syntax(error: SyntaxError) -> Optional[Location]:
    if error.filename is None or error.lineno is None:
        return None
    place = locate(error.filename, error.lineno)
    column = max((error.offset or 1) - 1, 0)
    end = getattr(error, "end_offset", None) or 0
    return place.__class__(place.file, place.line, column, max(end - 1, column + 1), place.text)


# --- conducto FILE [FUNC] [--args], and python FILE [FUNC] [--args] -----------------------------------------------------


def main(words: Sequence[str]) -> int:
    """`conducto FILE [FUNC] [--args]`: print a tree, or run a function. The exit status: 0, or 2 for what is wrong."""
    try:
        module = load_module(words[0])
        run_words(module, list(words[1:]), pprint.pprint)
    except ConductoError as error:
        sys.stderr.write(draw.text(error.diagnostics))
        return 2
    return 0


def run_words(module: Module, words: List[str], printer: Callable[[Any], Any]) -> Any:
    """Run what `words` ([FUNC] [--args]) mean in `module`; print a node as a tree, another result but None by `printer`."""
    if words and words[0] in ("-h", "--help"):
        print("\n".join(["usage: FILE [FUNC] [--ARG=VALUE ...]", "", *entry.shown_entries(module)]))
        return None
    name = words.pop(0) if words and not words[0].startswith("-") else None
    chosen = entry.choose(module, name, any_function=True)
    result = calling(module, lambda: entry.build(chosen, words))
    if isinstance(result, Node):
        print(pretty.node_text(result, pretty.wants_colour(sys.stdout)))
        return None
    if result is not None:
        printer(result)
    return result
