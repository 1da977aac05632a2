"""What a user's code raised, as a diagnostic: its traceback without our frames."""

from __future__ import annotations

import os
import sysconfig
import traceback
from typing import Iterator, List, Optional, Sequence

from .diagnostics import ConductoError, Diagnostic, Location
from .source import OURS, Span, locate, shown_path

_LIBRARIES = tuple(path + os.sep for path in {*sysconfig.get_paths().values()} if path)


def diagnose(file: str, error: BaseException) -> ConductoError:
    """C403 for an exception that `file` let through, at the innermost line of the user's own."""
    if isinstance(error, SyntaxError) and error.filename is not None:
        return bad_syntax(error.filename, error)
    trace = traceback.TracebackException.from_exception(error)
    found: List[traceback.FrameSummary] = []
    for part in _chain(trace):
        kept = [frame for frame in part.stack if not _ours(frame.filename)]
        part.stack = traceback.StackSummary.from_list(kept)
        found = found or _mine(kept) or kept
    place = _place(found[-1]) if found else locate(os.path.abspath(file), 1)
    notes = (_drawn(trace),) if found else ()
    help = "run the file with python to see it alone"
    if isinstance(error, SystemExit):
        help = "let it come to `co.main()` or to its end when it is run without arguments"
    return ConductoError(Diagnostic("C403", _message(file, error), location=place, notes=notes, help=help))


def _message(file: str, error: BaseException) -> str:
    name = type(error).__name__
    said = text_of(error).split("\n")[0]
    if isinstance(error, SystemExit):
        return f"{shown_path(file)} ended by sys.exit({error.code!r})"
    return f"{shown_path(file)} raised {name}: {said}" if said else f"{shown_path(file)} raised {name}"


def text_of(error: BaseException) -> str:
    """What an exception says; one whose `__str__` raises, what Python says in its place."""
    try:
        return str(error)
    except Exception:
        return "<exception str() failed>"


def _chain(trace: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    """An exception and those that it came from."""
    todo: List[Optional[traceback.TracebackException]] = [trace]
    while todo:
        part = todo.pop()
        if part is not None:
            yield part
            todo += [part.__cause__, part.__context__, *(getattr(part, "exceptions", None) or [])]


def _ours(file: str) -> bool:
    return file.startswith((OURS, "<frozen importlib"))


def _mine(frames: Sequence[traceback.FrameSummary]) -> List[traceback.FrameSummary]:
    """The frames of files that are not installed ones."""
    return [frame for frame in frames if not frame.filename.startswith(("<", *_LIBRARIES))]


def _drawn(trace: traceback.TracebackException) -> str:
    lines = "".join(trace.format()).rstrip()
    try:
        return lines.replace(os.getcwd() + os.sep, "")
    except OSError:
        return lines


def _place(frame: traceback.FrameSummary) -> Optional[Location]:
    if frame.lineno is None:
        return None
    column, end_column = getattr(frame, "colno", None), getattr(frame, "end_colno", None)
    if column is None or end_column is None:
        return locate(frame.filename, frame.lineno)
    end_line = getattr(frame, "end_lineno", None) or frame.lineno
    return locate(frame.filename, frame.lineno, Span(frame.lineno, end_line, column, end_column))


def bad_syntax(file: str, error: Exception) -> ConductoError:
    """C403 for a file that is no Python: at the place that the compiler names, as far as it names one."""
    place = locate(os.path.abspath(file), getattr(error, "lineno", None) or 1)
    if isinstance(error, SyntaxError) and error.offset and place.text:
        column = min(error.offset - 1, len(place.text))
        same_line = getattr(error, "end_lineno", None) in (None, error.lineno)
        end = (getattr(error, "end_offset", None) or 0) - 1 if same_line else len(place.text)
        place = Location(place.file, place.line, column, max(end, column + 1), place.text)
    message = f"{shown_path(file)} is no Python: {getattr(error, 'msg', error)}"
    return ConductoError(Diagnostic("C403", message, location=place, help="correct it"))
