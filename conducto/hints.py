"""A function's type hints, and the kind of text that each of its parameters takes."""

from __future__ import annotations

import collections.abc
import enum
import types
import typing
from typing import Any, Callable, Dict, List, Mapping, Sequence, Tuple

from .compound import AnyOf, Listed
from .kinds import BOOL, BYTES, FLOAT, INT, TEXT, Choice, Kind, Made, Unwritten, is_date
from .signatures import EMPTY, Parameter

#: What `typing.get_origin` gives for a union, written in either way.
UNIONS = (typing.Union, getattr(types, "UnionType", typing.Union))

_SCALARS: Dict[Any, Kind] = {bool: BOOL, int: INT, float: FLOAT, str: TEXT, bytes: BYTES}
#: Of these a function is given a list.
_LISTS = (list, collections.abc.Sequence, collections.abc.Iterable, collections.abc.Collection)
#: What none of these are is told by calling the class with a text.
_CONTAINERS = (dict, set, frozenset, tuple, list, bytearray, memoryview)
_NONE = type(None)


def hints(function: Callable[..., Any]) -> Mapping[str, Any]:
    """The type hints of `function`, string annotations resolved where they can be; one that cannot is left out."""
    try:
        return typing.get_type_hints(function)
    except Exception:
        given = getattr(function, "__annotations__", {})
        read = {name: _read_hint(function, hint) for name, hint in given.items()}
        return {name: hint for name, hint in read.items() if not isinstance(hint, str)}


def _read_hint(function: Callable[..., Any], hint: Any) -> Any:
    """A string annotation resolved (twice one, where annotations are texts anyway); the text where it cannot be."""
    import inspect

    names = getattr(inspect.unwrap(function), "__globals__", {})
    try:
        while isinstance(hint, str):
            hint = _evaluated(hint, names)
    except Exception:
        return str(hint)
    return hint


def _evaluated(hint: str, names: Dict[str, Any]) -> Any:
    try:
        return eval(hint, names)
    except TypeError:  # Python 3.9 has no `int | None`
        import ast

        tree = ast.fix_missing_locations(_unions().visit(ast.parse(hint, mode="eval")))
        return eval(compile(tree, "<hint>", "eval"), {**names, "typing": typing})


def _unions() -> Any:
    import ast

    class Unions(ast.NodeTransformer):
        """`a | b` as `typing.Union[a, b]`."""

        def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
            self.generic_visit(node)
            union = ast.Attribute(ast.Name("typing", ast.Load()), "Union", ast.Load())
            return ast.Subscript(union, ast.Tuple([node.left, node.right], ast.Load()), ast.Load())

    return Unions()


def of_parameter(parameter: Parameter, known: Mapping[str, Any]) -> Kind:
    """The kind of a parameter: by its hint, else by its default, else str. One whose default is None may be None."""
    default = parameter.default
    if parameter.name in known:
        members, none = _members(known[parameter.name])
        return _one_of(members, none or default is None)
    if default is EMPTY or default is None:
        return AnyOf([], none=True, assumes_text=True)
    if type(default) is list:
        return Listed(_of_elements(default))
    return of(type(default))


def _of_elements(elements: List[Any]) -> Kind:
    """The kind of the elements of a default: of the type that all have, if that is a simple one."""
    found = {type(element) for element in elements}
    return _SCALARS.get(found.pop(), of(Any)) if len(found) == 1 else of(Any)


def of(hint: Any) -> Kind:
    """The kind of values that a type hint means."""
    return _one_of(*_members(hint))


def _one_of(members: Sequence[Kind], none: bool) -> Kind:
    return members[0] if len(members) == 1 and not none else AnyOf(members, none)


def _members(hint: Any) -> Tuple[List[Kind], bool]:
    """The kinds of the types that a hint allows, and whether it allows None; no kinds for a hint that allows everything."""
    if hint is None or hint is _NONE:
        return [Choice("None", {}, [])], True
    if typing.get_origin(hint) not in UNIONS:
        kind = _of_type(hint)
        return ([*kind.members], kind.none) if isinstance(kind, AnyOf) else ([kind], False)
    found: Dict[int, Kind] = {}
    none = False
    for option in typing.get_args(hint):
        members, may_be_none = ([], True) if option is _NONE else _members(option)
        if not members and option is not _NONE:
            return [], True
        found.update((id(member), member) for member in members)
        none = none or may_be_none
    return list(found.values()), none


def _of_type(hint: Any) -> Kind:
    """The kind of a hint that is no union."""
    origin = typing.get_origin(hint) or hint
    if hasattr(hint, "__supertype__"):
        return of(hint.__supertype__)
    if hint in (Any, object) or isinstance(hint, typing.TypeVar):
        return AnyOf([], none=True)
    if origin is typing.Literal:
        words = {str(value): value for value in reversed(typing.get_args(hint))}
        return Choice("Literal", words, [str(value) for value in typing.get_args(hint)])
    if origin in _LISTS:
        return Listed(of((typing.get_args(hint) or (Any,))[0]))
    if isinstance(hint, type) and origin is hint:
        return _SCALARS.get(hint) or _of_class(hint)
    return Unwritten(_named(hint))


def _of_class(cls: type) -> Kind:
    make = getattr(cls, "from_str", None)
    if callable(make):
        return Made(cls, make, lambda value: value.to_str())
    if issubclass(cls, enum.Enum):
        return _of_enum(cls)
    if is_date(cls):
        example = "2020-01-02 03:04:05" if is_date(cls, "datetime") else "2020-01-02"
        return Made(cls, cls.fromisoformat, example=example)  # type: ignore[attr-defined]
    return Unwritten(cls.__name__) if issubclass(cls, _CONTAINERS) else Made(cls, cls)


def _of_enum(cls: Any) -> Kind:
    members = cls.__members__
    words = {str(member.value): member for member in reversed(list(cls))}
    words.update(members)
    words.update((f"{cls.__name__}.{name}", member) for name, member in members.items())
    return Choice(cls.__name__, words, [f"{cls.__name__}.{member.name}" for member in cls])


def _named(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")
