"""Where in the user's code something was written: cheap to note, read only when there is something to say."""

from __future__ import annotations

import ast
import functools
import itertools
import linecache
import os
import sys
from types import CodeType, FrameType
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .diagnostics import Location

OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep

#: The standard library, which has installed packages in a folder of its own.
_STANDARD = (os.path.dirname(os.__file__) + os.sep, "<frozen ")
_INSTALLED = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)

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
        """The expression at this place; with `pick`, the part of it that `pick` names, where the source can be read.

        The whole line where the code has no columns (Python 3.9 and 3.10, `-X no_debug_ranges`).
        """
        span = self._span()
        if pick is not None and span is not None:
            span = _picked(self.code.co_filename, span, self._turn(span), pick) or span
        return locate(self.code.co_filename, self.line, span)

    def _spans(self) -> Iterator[Tuple[Optional[int], ...]]:
        """The place of each instruction up to this one, as Span has it; none where the code has no columns."""
        positions = getattr(self.code, "co_positions", tuple)
        return itertools.islice(positions(), self.instruction // 2 + 1)

    def _span(self) -> Optional[Span]:
        last: List[Tuple[Any, ...]] = list(self._spans())[-1:]
        return None if not last or None in last[0] else Span(*last[0])

    def _turn(self, span: Span) -> int:
        """How many instructions of this kind with this span come before it: each item of a `with` has one, in order."""
        codes = self.code.co_code[::2]
        same = [codes[at] for at, position in enumerate(self._spans()) if position == span]
        return same.count(codes[self.instruction // 2]) - 1


#: Of nodes that no line of this machine's made.
NOWHERE = Site(compile("", "<generated>", "exec"), 0, 1)

#: Each place that made a node: many are made at one. A Site holds its code, so that no other can have that id.
_sites: Dict[Tuple[int, int], Site] = {}


def user_site() -> Site:
    """The innermost frame outside this package and the standard library: the line of the user's that called us.

    Where there is none (a thread that calls us and nothing else), the innermost outside this package.
    """
    frame: Optional[FrameType] = sys._getframe(2)  # before that is who asks, one of us
    outside: Optional[FrameType] = None
    while frame is not None:
        whose = _whose(frame.f_code.co_filename)
        if whose != "ours":
            outside = outside or frame
            if whose == "user":
                break
        frame = frame.f_back
    found = frame or outside or sys._getframe(1)
    key = id(found.f_code), found.f_lasti
    site = _sites.get(key)
    if site is None:
        site = _sites[key] = Site(found.f_code, found.f_lasti, found.f_lineno)
    return site


@functools.lru_cache(maxsize=None)
def _whose(file: str) -> str:
    """Whose code a file is: "ours", "standard" (the library), or "user"."""
    if file.startswith(OURS):
        return "ours"
    installed = any(folder in file for folder in _INSTALLED)
    return "standard" if file.startswith(_STANDARD) and not installed else "user"


def locate(file: str, line: int, span: Optional[Span] = None) -> Location:
    """The location of `span` in `file`; of the whole of `line` where there is none. A span over several lines is cut."""
    first = span.line if span else line
    text = linecache.getline(file, first).rstrip("\r\n")
    if span is None:
        return Location(shown_path(file), first, len(text) - len(text.lstrip()), len(text), text)
    data = text.encode()
    start = len(data[: span.column].decode(errors="replace"))
    end = len(text.rstrip()) if span.end_line > first else len(data[: span.end_column].decode(errors="replace"))
    return Location(shown_path(file), first, start, max(end, start + 1), text)


def shown_path(path: str) -> str:
    """`path` as a user would type it: relative where it lies below the current folder."""
    try:
        relative = os.path.relpath(path)
    except (ValueError, OSError):  # on another drive; the current folder is gone
        return path
    return path if relative.startswith(os.pardir) else relative


# --- the part of an expression that is at fault -----------------------------------------------------------------------


def _picked(file: str, span: Span, turn: int, pick: Pick) -> Optional[Span]:
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        for candidate in _written_at(node, span, turn):
            part = pick(candidate)
            if part is not None:
                return node_span(part)
    return None


def _written_at(node: ast.AST, span: Span, turn: int) -> Iterator[ast.AST]:
    """What an instruction with this span may stand for: a call, `x[key]`, `a in b`, an item of a `with`, or an assignment
    of one value to one target. What stands in a `finally` is compiled more than once, so turns begin again.
    """
    if isinstance(node, (ast.Call, ast.Subscript, ast.Compare)) and node_span(node) == span:
        yield node
    elif isinstance(node, ast.AugAssign) and node_span(node) == span:
        yield ast.Assign([node.target], node.value)
    elif isinstance(node, ast.With) and node_span(node) == span:
        yield node.items[turn % len(node.items)]
    for target, value in _assignments(node):
        if value is not None and node_span(target) == span:
            yield ast.Assign([target], value)


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, Optional[ast.expr]]]:
    """Every single target in an assigning statement, with the expression for it, or None where that is not written there."""
    todo: list[tuple[ast.expr, Optional[ast.expr]]] = []
    if isinstance(node, ast.Assign):
        todo = [(target, node.value) for target in node.targets]
    elif isinstance(node, ast.AnnAssign):
        todo = [(node.target, node.value)]
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        todo = [(node.optional_vars, node.context_expr)]
    while todo:
        target, value = todo.pop()
        if isinstance(target, (ast.Tuple, ast.List)):
            fits = isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts)
            values = value.elts if fits else [None] * len(target.elts)  # type: ignore[union-attr]
            todo.extend(zip(target.elts, values))
        else:
            yield target, value


def node_span(node: ast.AST) -> Optional[Span]:
    """Where `node` stands, or None for one that has no place of its own."""
    line, end_line = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    if line is None or end_line is None:
        return None
    return Span(line, end_line, node.col_offset, node.end_col_offset or 0)  # type: ignore[attr-defined]


def argument(name: str, position: Optional[int] = None) -> Pick:
    """Picks the value of a call's argument, given by name or at `position`; or the value assigned to an attribute."""

    def pick(node: ast.AST) -> Optional[ast.AST]:
        if isinstance(node, ast.Assign):
            return node.value
        if not isinstance(node, ast.Call):
            return None
        if position is not None and position < len(node.args):
            return node.args[position]
        word = _keyword(node, name)
        return word.value if isinstance(word, ast.keyword) else word

    return pick


def keyword(name: str) -> Pick:
    """Picks `name=value` of a call, or the target of an assignment to an attribute."""

    def pick(node: ast.AST) -> Optional[ast.AST]:
        if isinstance(node, ast.Assign):
            return node.targets[0]
        return _keyword(node, name, whole=True) if isinstance(node, ast.Call) else None

    return pick


def _keyword(call: ast.Call, name: str, whole: bool = False) -> Optional[ast.AST]:
    """`name=value` of a call; the value (`whole`: the key) in a dict written after `**` or `params=`; or the only such dict."""
    unpacked = [word.value for word in call.keywords if word.arg in (None, "params")]
    for word in call.keywords:
        if word.arg == name:
            return word
    for value in unpacked:
        found = _entry(value, name, "key" if whole else "value")
        if found is not None:
            return found
    return unpacked[0] if len(unpacked) == 1 else None


def _entry(expression: Optional[ast.AST], key: object, part: str) -> Optional[ast.AST]:
    """The "key" or "value" for `key` in `{...}` or `dict(...)`, or None where it is not written there."""
    if isinstance(expression, ast.Dict):
        for name, value in zip(expression.keys, expression.values):
            if isinstance(name, ast.Constant) and name.value == key and type(name.value) is type(key):
                return name if part == "key" else value
    if isinstance(expression, ast.Call):
        for word in expression.keywords:
            if word.arg is not None and word.arg == key:
                return word if part == "key" else word.value
    return None


def entry(attribute: str, key: object, part: str) -> Pick:
    """Picks the "key" or "value" that a dict given for `attribute` has for `key`; the whole argument where it is not written."""
    whole = argument(attribute)

    def pick(node: ast.AST) -> Optional[ast.AST]:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            return node.targets[0].slice if part == "key" else node.value
        given = whole(node)
        return _entry(given, key, part) or _entry(node, key, part) or given

    return pick


def within(name: str, steps: Sequence[object], key: bool = False) -> Pick:
    """Picks what an argument's value holds at `steps` (keys of dicts, positions in lists), as deep as that is written there;
    with `key`, the last key itself.
    """
    whole = argument(name)

    def pick(node: ast.AST) -> Optional[ast.AST]:
        found = whole(node)
        for number, step in enumerate(steps):
            inner = _item(found, step, "key" if key and number == len(steps) - 1 else "value")
            if inner is None:
                break
            found = inner
        return found

    return pick


def _item(expression: Optional[ast.AST], step: object, part: str) -> Optional[ast.AST]:
    """What a written list, tuple or dict holds at `step`; None where that cannot be told."""
    if isinstance(expression, (ast.List, ast.Tuple)):
        items = expression.elts
        if not isinstance(step, int) or step >= len(items) or any(isinstance(item, ast.Starred) for item in items):
            return None
        return items[step]
    return _entry(expression, step, part)


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


def positional(position: int) -> Pick:
    """Picks what a call gives at `position`: that argument, or the `*` expression that it must come out of."""

    def pick(node: ast.AST) -> Optional[ast.AST]:
        given = node.args if isinstance(node, ast.Call) else []
        for number, value in enumerate(given[: position + 1]):
            if isinstance(value, ast.Starred):
                return value if number == len(given) - 1 else None
        return given[position] if position < len(given) else None

    return pick


def entered(node: ast.AST) -> Optional[ast.AST]:
    """Picks `x` of `with x:` and of `stack.enter_context(x)`."""
    if isinstance(node, ast.Call):
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        return argument("cm", 0)(node) if method == "enter_context" else None
    return node.context_expr if isinstance(node, ast.withitem) else None


def assigned(node: ast.AST) -> Optional[ast.AST]:
    """Picks `y` of `x[key] = y`."""
    return node.value if isinstance(node, ast.Assign) else None
