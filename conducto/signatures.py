"""A function's parameters as `inspect.signature` has them. Only where they are not plain to see is inspect asked, which takes
most of what Python itself takes to load, and every command that calls a function would wait for it.
"""

from __future__ import annotations

import types
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Tuple

#: Flags of a function's code: it takes `*rest`, `**others`.
_VARARGS, _VARKEYWORDS = 4, 8
#: The kinds of parameters, in inspect's order.
POSITIONAL_ONLY, POSITIONAL_OR_KEYWORD, VAR_POSITIONAL, KEYWORD_ONLY, VAR_KEYWORD = range(5)


class EMPTY:
    """The default of a parameter that has none."""


class Parameter(NamedTuple):
    """One parameter: `kind` is one of the kinds above."""

    name: str
    kind: int
    default: Any


def parameters(function: Callable[..., Any]) -> Dict[str, Parameter]:
    """The parameters of a function by name, in order. Raises what `inspect.signature` raises."""
    if type(function) is types.FunctionType and not function.__dict__:
        return {parameter.name: parameter for parameter in _plain(function)}
    import inspect

    found = inspect.signature(function).parameters.values()
    return {each.name: Parameter(each.name, int(each.kind), _default(each.default, inspect)) for each in found}


def _default(default: Any, inspect: Any) -> Any:
    return EMPTY if default is inspect.Parameter.empty else default


def _plain(function: types.FunctionType) -> List[Parameter]:
    """Those of a function that nothing was noted on, such as what it wraps."""
    code = function.__code__
    count, only, named = code.co_argcount, code.co_posonlyargcount, code.co_argcount + code.co_kwonlyargcount
    names, rest = code.co_varnames, list(code.co_varnames[named:])
    defaults = (EMPTY,) * count + (function.__defaults__ or ())
    given = function.__kwdefaults__ or {}
    kinds = [POSITIONAL_ONLY] * only + [POSITIONAL_OR_KEYWORD] * (count - only)
    found = list(map(Parameter, names[:count], kinds, defaults[-count:]))
    if code.co_flags & _VARARGS:
        found.append(Parameter(rest.pop(0), VAR_POSITIONAL, EMPTY))
    found += [Parameter(name, KEYWORD_ONLY, given.get(name, EMPTY)) for name in names[count:named]]
    if code.co_flags & _VARKEYWORDS:
        found.append(Parameter(rest.pop(0), VAR_KEYWORD, EMPTY))
    return found


def split(known: Mapping[str, Parameter], values: Mapping[str, Any]) -> Tuple[List[Any], Dict[str, Any]]:
    """`values` by the names of parameters as positional and named arguments: by position up to the first that is not given."""
    positional: List[Any] = []
    named: Dict[str, Any] = {}
    by_name = False
    for name, kind, _ in known.values():
        by_name = by_name or name not in values or kind in (KEYWORD_ONLY, VAR_KEYWORD)
        if name not in values:
            continue
        if kind == VAR_KEYWORD:
            named.update(values[name])
        elif by_name:
            named[name] = values[name]
        else:
            positional.extend(values[name] if kind == VAR_POSITIONAL else (values[name],))
    return positional, named
