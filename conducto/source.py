"""Where in the user's code something was written: cheap to note, read only when there is something to say."""

from __future__ import annotations

import ast
import linecache
import os
import sys
from types import CodeType, FrameType
from typing import Callable, NamedTuple, Optional

from .diagnostics import Location

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep

#: Picks the part of a statement that is at fault: given the smallest call or assignment there, the expression or None.
Pick = Callable[[ast.AST], Optional[ast.AST]]


class Span(NamedTuple):
    """Lines from 1, columns in bytes of UTF-8 from 0, the ends exclusive: as Python's compiler notes them."""

    line: int
    end_line: int
    column: int
    end_column: int


class Site(NamedTuple):
    """One instruction of the user's code."""

    code: CodeType
    instruction: int
    line: int

    def location(self, pick: Optional[Pick] = None) -> Location:
        """The expression at this place; with `pick`, the part of it that `pick` names, where the source can be read."""
        span = self._span()
        if pick is not None and span is not None:
            span = _picked(self.code.co_filename, span, pick) or span
        return locate(self.code.co_filename, self.line, span)

    def _span(self) -> Optional[Span]:
        positions = getattr(self.code, "co_positions", None)
        if positions is None:
            return None
        for number, position in enumerate(positions()):
            if number == self.instruction // 2:
                return None if None in position else Span(*position)
        return None


def user_site() -> Site:
    """The innermost frame outside this package: the line of the user's that called us."""
    frame: Optional[FrameType] = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    if frame is None:
        frame = sys._getframe(1)
    return Site(frame.f_code, frame.f_lasti, frame.f_lineno)


def locate(file: str, line: int, span: Optional[Span] = None) -> Location:
    """The location of `span` in `file`; of the whole of `line` where there is none. A span over several lines is cut."""
    first = span.line if span else line
    text = linecache.getline(file, first).rstrip("\r\n")
    if span is None:
        return Location(shown_path(file), first, len(text) - len(text.lstrip()), len(text), text)
    data = text.encode()
    start = len(data[: span.column].decode(errors="replace"))
    end = len(text) if span.end_line > first else len(data[: span.end_column].decode(errors="replace"))
    return Location(shown_path(file), first, start, max(end, start + 1), text)


def shown_path(path: str) -> str:
    """`path` as a user would type it: relative where it lies below the current folder."""
    try:
        relative = os.path.relpath(path)
    except ValueError:
        return path
    return path if relative.startswith(os.pardir) else relative


# --- the part of an expression that is at fault -----------------------------------------------------------------------


def _picked(file: str, span: Span, pick: Pick) -> Optional[Span]:
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        for candidate in _written_at(node, span):
            part = pick(candidate)
            if part is not None:
                return node_span(part)
    return None


def _written_at(node: ast.AST, span: Span) -> list[ast.AST]:
    """The nodes that an instruction with this span may stand for: the expression itself, or the assignment to it."""
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [node] if any(node_span(target) == span for target in targets) else []
    if isinstance(node, (ast.Call, ast.Subscript, ast.Compare)) and node_span(node) == span:
        return [node]
    return []


def node_span(node: ast.AST) -> Optional[Span]:
    """Where `node` stands, or None for one that has no place of its own."""
    line, end_line = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    if line is None or end_line is None:
        return None
    return Span(line, end_line, node.col_offset, node.end_col_offset or 0)  # type: ignore[attr-defined]


def argument(name: str, position: Optional[int] = None) -> Pick:
    """Picks the value of a call's argument, given by name or at `position`; or the value assigned to an attribute."""

    def pick(node: ast.AST) -> Optional[ast.AST]:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            return node.value
        if not isinstance(node, ast.Call):
            return None
        for keyword in node.keywords:
            if keyword.arg == name:
                return keyword.value
        if position is not None and position < len(node.args):
            return node.args[position]
        return None

    return pick


def keyword(name: str) -> Pick:
    """Picks `name=value` of a call, or the target of an assignment to an attribute."""

    def pick(node: ast.AST) -> Optional[ast.AST]:
        if isinstance(node, ast.Assign):
            return node.targets[0]
        if isinstance(node, ast.Call):
            return next((word for word in node.keywords if word.arg == name), None)
        return None

    return pick


def entry(attribute: str, key: object, part: str) -> Pick:
    """Picks the "key" or "value" that a dict given for `attribute` has for `key`; the whole argument where it is no literal."""
    whole = argument(attribute)

    def pick(node: ast.AST) -> Optional[ast.AST]:
        given = whole(node)
        if isinstance(given, ast.Dict):
            for name, value in zip(given.keys, given.values):
                if isinstance(name, ast.Constant) and name.value == key and type(name.value) is type(key):
                    return name if part == "key" else value
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript) and part == "key":
            return node.targets[0].slice
        return given

    return pick


def subscript(node: ast.AST) -> Optional[ast.AST]:
    """Picks `key` of `x[key] = y`, `x[key]` or `key in x`."""
    if isinstance(node, ast.Assign):
        node = node.targets[0]
    if isinstance(node, ast.Subscript):
        return node.slice
    return node.left if isinstance(node, ast.Compare) else None


def container(node: ast.AST) -> Optional[ast.AST]:
    """Picks `x` of `x[key] = y`."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node
    return target.value if isinstance(target, ast.Subscript) else None


def assigned(node: ast.AST) -> Optional[ast.AST]:
    """Picks `y` of `x[key] = y`."""
    return node.value if isinstance(node, ast.Assign) else None
