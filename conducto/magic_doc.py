"""`co.util.magic_doc`: a function's docstring and source, as Markdown for the `doc` of a node."""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from types import CodeType, FrameType
from typing import Any, Callable, List, NamedTuple, Optional

from . import callables, source
from .blame import blame, said
from .diagnostics import ConductoError, ConductoTypeError, ConductoValueError
from .text import dedent


class _Place(NamedTuple):
    """Some code, the line that asks, and the docstring of its module."""

    code: CodeType
    line: int
    of_module: Optional[str]


def magic_doc(*, func: Optional[Callable[..., Any]] = None, doc_only: bool = False, comment: bool = False) -> str:
    """The docstring of `func` (without one, of the function that calls this), and its source without the docstring.

    Where it has no docstring, the one of its module stands for it. With `doc_only` that alone; with `comment` what the nearest
    comment above says: above `func`, or above the line that calls. Called outside of any function, the module is meant.
    The same text on every machine. Raises ConductoTypeError or ConductoValueError (C166) for what has no source.
    """
    place = _calling(sys._getframe(1)) if func is None else _of(func)
    lines = linecache.getlines(place.code.co_filename)
    if not lines:
        message = f"there is no source of `{place.code.co_name}` to be read"
        raise _refused(ConductoValueError, message, "write it into a file, or give `doc` a text")
    if comment:
        return _comment(lines[: place.line])
    code, docstring = _parted(place.code, lines)
    text = dedent(place.of_module or "" if docstring is None else docstring)
    return text if doc_only else f"{text}\n\n```python\n{code}\n```"


def _refused(error: "type[ConductoError]", message: str, help: str) -> ConductoError:
    return blame(error, "C166", message, source.argument("func"), help=help)


def _calling(frame: FrameType) -> _Place:
    """Of what calls: a comprehension is a part of the function that it stands in."""
    line = frame.f_lineno
    while frame.f_code.co_name in ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>") and frame.f_back is not None:
        frame = frame.f_back
    return _Place(frame.f_code, line, frame.f_globals.get("__doc__"))


def _of(function: Any) -> _Place:
    plain = inspect.unwrap(function) if callable(function) else function
    code = getattr(plain, "__code__", None)
    if code is None:
        message = f"`func` is {said(function)}, which is no function that a Python file defines"
        raise _refused(ConductoTypeError, message, "give a function, or nothing for the one that calls")
    return _Place(code, code.co_firstlineno, plain.__globals__.get("__doc__"))


def _parted(code: CodeType, lines: List[str]) -> "tuple[str, Optional[str]]":
    """The source of some code without its docstring, and the docstring; the whole file is the source of a module."""
    node: Any = ast.parse("".join(lines)) if code.co_name == "<module>" else callables.definition(code)
    if node is None:
        return "".join(inspect.getsource(code)), None
    first, last = (1, len(lines)) if isinstance(node, ast.Module) else (callables.first_line(node), node.end_lineno)
    docstring = ast.get_docstring(node, clean=False)
    if docstring is None:
        return "".join(lines[first - 1 : last]), None
    written: Any = node.body[0].value
    head = lines[written.lineno - 1].encode()[: written.col_offset].decode()
    tail = lines[written.end_lineno - 1].encode()[written.end_col_offset :].decode().lstrip(" \t;")
    below = lines[written.end_lineno : last]
    while not tail.strip() and below and not below[0].strip():
        below.pop(0)
    # A line that held the docstring alone goes with it.
    rest = [f"{head}{tail}"] if head.strip() or tail.strip() else []
    return "".join([*lines[first - 1 : written.lineno - 1], *rest, *below]), docstring


def _comment(lines: List[str]) -> str:
    """What the last comment in these lines says."""
    found: List[str] = []
    for line in reversed(lines):
        if line.lstrip().startswith("#"):
            found.append(line.expandtabs().lstrip()[1:])
        elif found:
            break
    # The first line's indentation is as much a part of the comment as that of the others.
    return dedent("\n" + "".join(reversed(found))).strip()
