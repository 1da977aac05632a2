"""The part of a user's statement that is at fault: what each `source.Pick` means, read from the file when there is something
to say.
"""

from __future__ import annotations

import ast
import linecache
from typing import Callable, Dict, Iterator, Optional, Sequence

from .source import Pick, Span


def picked(file: str, span: Span, turn: int, pick: Pick) -> Optional[Span]:
    """Where that part stands, of the smallest call or assignment with this span (the `turn`th of its kind); None if nowhere."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        for candidate in _written_at(node, span, turn):
            part = _PICKS[pick.how](candidate, *pick.words)
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


# --- what each means: given a call or an assignment, the expression or None --------------------------------------------


def _argument(node: ast.AST, name: str, position: Optional[int] = None) -> Optional[ast.AST]:
    if isinstance(node, ast.Assign):
        return node.value
    if not isinstance(node, ast.Call):
        return None
    if position is not None and position < len(node.args):
        return node.args[position]
    word = _word(node, name)
    return word.value if isinstance(word, ast.keyword) else word


def _keyword(node: ast.AST, name: str) -> Optional[ast.AST]:
    if isinstance(node, ast.Assign):
        return node.targets[0]
    return _word(node, name, whole=True) if isinstance(node, ast.Call) else None


def _word(call: ast.Call, name: str, whole: bool = False) -> Optional[ast.AST]:
    """`name=value` of a call; the value (`whole`: the key) in a dict written after `**` or `params=`; or the only such dict."""
    unpacked = [word.value for word in call.keywords if word.arg in (None, "params")]
    for word in call.keywords:
        if word.arg == name:
            return word
    for value in unpacked:
        found = _in_dict(value, name, "key" if whole else "value")
        if found is not None:
            return found
    return unpacked[0] if len(unpacked) == 1 else None


def _in_dict(expression: Optional[ast.AST], key: object, part: str) -> Optional[ast.AST]:
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


def _entry(node: ast.AST, attribute: str, key: object, part: str) -> Optional[ast.AST]:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        return node.targets[0].slice if part == "key" else node.value
    given = _argument(node, attribute)
    return _in_dict(given, key, part) or _in_dict(node, key, part) or given


def _within(node: ast.AST, name: str, steps: Sequence[object], key: bool) -> Optional[ast.AST]:
    found = _argument(node, name)
    for number, step in enumerate(steps):
        inner = _item(found, step, "key" if key and number == len(steps) - 1 else "value")
        if inner is None:
            break
        found = inner
    return found


def _item(expression: Optional[ast.AST], step: object, part: str) -> Optional[ast.AST]:
    """What a written list, tuple or dict holds at `step`; None where that cannot be told."""
    if isinstance(expression, (ast.List, ast.Tuple)):
        items = expression.elts
        if not isinstance(step, int) or step >= len(items) or any(isinstance(item, ast.Starred) for item in items):
            return None
        return items[step]
    return _in_dict(expression, step, part)


def _subscript(node: ast.AST) -> Optional[ast.AST]:
    if isinstance(node, ast.Assign):
        node = node.targets[0]
    if isinstance(node, ast.Subscript):
        return node.slice
    return node.left if isinstance(node, ast.Compare) else None


def _container(node: ast.AST) -> Optional[ast.AST]:
    target = node.targets[0] if isinstance(node, ast.Assign) else node
    return target.value if isinstance(target, ast.Subscript) else None


def _assigned(node: ast.AST) -> Optional[ast.AST]:
    return node.value if isinstance(node, ast.Assign) else None


def _entered(node: ast.AST) -> Optional[ast.AST]:
    """Of `stack.enter_context(x)` too."""
    if isinstance(node, ast.Call):
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        return _argument(node, "cm", 0) if method == "enter_context" else None
    return node.context_expr if isinstance(node, ast.withitem) else None


def _positional(node: ast.AST, position: int) -> Optional[ast.AST]:
    given = node.args if isinstance(node, ast.Call) else []
    for number, value in enumerate(given[: position + 1]):
        if isinstance(value, ast.Starred):
            return value if number == len(given) - 1 else None
    return given[position] if position < len(given) else None


def _passed(node: ast.AST, name: Optional[str], position: Optional[int]) -> Optional[ast.AST]:
    if not isinstance(node, ast.Call):
        return None
    by_name = _argument(node, name) if name is not None else None
    if position is None or (name is not None and any(word.arg == name for word in node.keywords)):
        return by_name
    for given in node.args[: position + 1]:
        if isinstance(given, ast.Starred):
            return given
    return node.args[position] if position < len(node.args) else by_name


_PICKS: Dict[str, Callable[..., Optional[ast.AST]]] = {
    "argument": _argument,
    "assigned": _assigned,
    "container": _container,
    "entered": _entered,
    "entry": _entry,
    "keyword": _keyword,
    "passed": _passed,
    "positional": _positional,
    "subscript": _subscript,
    "within": _within,
}
