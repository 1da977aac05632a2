"""What a function is: its parameters, where it is defined, and whether a command line can call it."""

from __future__ import annotations

import functools
import os
import re
import sys
import types
import weakref
from typing import TYPE_CHECKING, Any, Callable, Dict, FrozenSet, NamedTuple, Optional, Tuple

from . import hints, signatures, source
from .blame import blame, said
from .diagnostics import ConductoError, ConductoTypeError, Location
from .kinds import Kind
from .signatures import Parameter
from .source import locate

if TYPE_CHECKING:
    import ast

_REST = (signatures.VAR_POSITIONAL, signatures.VAR_KEYWORD)
#: Flags of a generator's code, and of an asynchronous one's.
_GENERATORS = 0x20 | 0x200
_BY_POSITION = (signatures.POSITIONAL_ONLY, signatures.POSITIONAL_OR_KEYWORD)


class Facts(NamedTuple):
    """What a function takes: of `every` parameter, `parameters` are those that have a name of their own, `required` the ones
    without a default, `by_position` those that take a value without a name, in order; `rest` and `others` are the names of
    `*rest` and `**others`; `kinds` are of all.
    """

    every: Dict[str, Parameter]
    parameters: Dict[str, Parameter]
    required: Tuple[str, ...]
    by_position: Tuple[str, ...]
    rest: Optional[str]
    others: Optional[str]
    kinds: Dict[str, Kind]
    resolved: bool


class Home(NamedTuple):
    """Where a command line finds a function: the file of its module, and its name there."""

    file: str
    name: str


_facts: "weakref.WeakKeyDictionary[Any, Facts]" = weakref.WeakKeyDictionary()
#: Of functions that a command line can call: these stand at the top of a module, and live as long as it does.
_called: Dict[Any, Tuple[Home, Facts]] = {}


def facts(function: Callable[..., Any]) -> Facts:
    """What `function` takes; kept for the next time, unless a hint of it cannot be resolved yet."""
    found = _facts.get(function)
    if found is None:
        found = _read(function)
        if found.resolved:
            _facts[function] = found
    return found


def _read(function: Callable[..., Any]) -> Facts:
    every = signatures.parameters(function)
    known = hints.hints(function)
    named = {name: parameter for name, parameter in every.items() if parameter.kind not in _REST}
    rest, others = (next((n for n, p in every.items() if p.kind is kind), None) for kind in _REST)
    return Facts(
        every,
        named,
        tuple(name for name, parameter in named.items() if parameter.default is signatures.EMPTY),
        tuple(name for name, parameter in named.items() if parameter.kind in _BY_POSITION),
        rest,
        others,
        {name: hints.of_parameter(parameter, known) for name, parameter in every.items()},
        set(known) >= set(getattr(function, "__annotations__", {})),
    )


def parameters(value: Any) -> FrozenSet[str]:
    """The parameters of a function that may be given by name; none for another value."""
    return frozenset(facts(value).parameters) if callable(value) else frozenset()


# --- whether a command line can call it -------------------------------------------------------------------------------


def called(function: Callable[..., Any]) -> Tuple[Home, Facts]:
    """Where `conducto FILE FUNC` finds `function`, and what it takes.

    Raises ConductoTypeError (C140, C141), at the user's line, where a command line cannot call it.
    """
    found = _called.get(function) if type(function) is types.FunctionType else None
    if found is None:
        why = _why_not(function)
        if why is not None:
            raise why
        module = sys.modules[function.__module__]
        found = Home(os.path.realpath(str(module.__file__)), function.__name__), facts(function)
        if found[1].resolved and type(function) is types.FunctionType:
            _called[function] = found
    return found


def _why_not(function: Any) -> Optional[ConductoError]:
    """What keeps a command line from calling `function`, as an error, or None."""
    name = str(getattr(function, "__name__", ""))
    found = _no_function(function, name) or _not_there(function, name)
    if found is not None:
        return _refused("C140", *found)
    taken = facts(function)
    if taken.rest or taken.others:
        spelled = f"*{taken.rest}" if taken.rest else f"**{taken.others}"
        message = f"`{name}` takes `{spelled}`, and a command line cannot say what goes there"
        return _refused("C141", message, f"write a function that names each parameter, and calls `{name}`")
    return None


def _no_function(value: Any, name: str) -> Optional[Tuple[str, str]]:
    """What is wrong with what is no plain function, and what to do about it."""
    write = "write a function at the top of a file that calls it"
    if isinstance(value, type):
        return f"`{name}` is a class, and a command line calls functions alone", write
    if isinstance(value, (functools.partial, functools.partialmethod)):
        inner = getattr(value.func, "__name__", "function")
        return (
            "a partial has no name that a command line could call",
            f"give its arguments here: `co.Exec({inner}, ...)`",
        )
    if isinstance(value, (types.MethodType, staticmethod, classmethod, property)):
        return f"`{name or said(value)}` is a method, and a command line has no object to call it on", write
    if isinstance(value, types.FunctionType) and value.__code__.co_flags & _GENERATORS:
        return f"`{name}` is a generator, of which a call runs nothing", "write a function that goes through it"
    if not isinstance(value, (types.FunctionType, functools._lru_cache_wrapper)):
        return f"{said(value)} is no function that a Python file defines", write
    return None


def _not_there(function: Any, name: str) -> Optional[Tuple[str, str]]:
    """Why a function cannot be found by its name in its module, and what to do about it."""
    qualified = str(getattr(function, "__qualname__", name))
    if name == "<lambda>":
        return "a lambda has no name that a command line could call", "write it as a function: `def ...`"
    if "<locals>" in qualified:
        outer = qualified.rpartition(".<locals>")[0].rpartition(".")[2]
        wraps = f"define it at the top of its file, or (for a decorator) use `functools.wraps` in `{outer}`"
        return f"`{name}` is defined inside `{outer}`, where a command line cannot reach it", wraps
    if "." in qualified:
        message = (
            f"`{name}` is a method of `{qualified.rpartition('.')[0]}`, and a command line has no object to call it on"
        )
        return message, "write a function at the top of a file that calls it"
    if name.startswith("_"):
        return (
            f"`{name}` is private: a command line calls no name that begins with `_`",
            f"call it `{name.lstrip('_')}`",
        )
    module = sys.modules.get(function.__module__)
    there = getattr(module, "__dict__", {}).get(name)
    if there is not function:
        what = "another thing" if name in getattr(module, "__dict__", {}) else "nothing"
        message = f"`{name}` cannot be called by its name: its file has {what} under that"
        return message, "give each function a name of its own at the top of its file"
    if not getattr(module, "__file__", None):
        return f"`{name}` is defined in no file, so nothing can call it later", "write it into a file"
    return None


def _refused(code: str, message: str, help: str) -> ConductoError:
    return blame(ConductoTypeError, code, message, source.argument("command", 0), help=help)


# --- where it stands --------------------------------------------------------------------------------------------------


def where_defined(function: Callable[..., Any], parameter: Optional[str] = None) -> Optional[Location]:
    """The place of a function's name in its `def`, or of one of its parameters."""
    import inspect

    from . import picks

    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return None
    node = definition(code)
    if node is None:
        return locate(code.co_filename, code.co_firstlineno)
    for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
        if argument.arg == parameter:
            return locate(code.co_filename, argument.lineno, picks.node_span(argument))
    return _name_of(code.co_filename, node.lineno, node.name)


def definition(code: types.CodeType) -> "Optional[ast.FunctionDef | ast.AsyncFunctionDef]":
    """The `def` that some code was made of, where its file can be read."""
    import ast
    import linecache

    try:
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and first_line(node) == code.co_firstlineno:
            return node
    return None


def first_line(node: "ast.FunctionDef | ast.AsyncFunctionDef") -> int:
    """The line on which a `def` begins, decorators included."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _name_of(file: str, line: int, name: str) -> Location:
    place = locate(file, line)
    found = re.search(rf"\bdef\s+({re.escape(name)})\b", place.text)
    if found is None:
        return place
    return Location(place.file, line, found.start(1), found.end(1), place.text)


def defined_at(function: Callable[..., Any]) -> Tuple[str, ...]:
    """A note for people: where a function stands; none for one that stands nowhere."""
    place = where_defined(function)
    name = getattr(function, "__name__", "the function")
    return () if place is None else (f"`{name}` is defined at {place.file}:{place.line}",)
