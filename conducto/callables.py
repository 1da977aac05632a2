"""A function's arguments as text on a command line, and back."""

from __future__ import annotations

import inspect
import re
import types
import typing
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from .diagnostics import ConductoError, Diagnostic, Location, did_you_mean
from .source import locate, node_span
from .text import shown

_FALSE = frozenset(["", "0", "f", "false", "n", "no", "none", "off"])


def hints(function: Callable[..., Any]) -> Mapping[str, Any]:
    """The type hints of `function`, string annotations resolved where they can be; one that cannot is left out."""
    try:
        return typing.get_type_hints(function)
    except Exception:
        found = {}
        for name, hint in getattr(function, "__annotations__", {}).items():
            try:
                found[name] = eval(hint, function.__globals__) if isinstance(hint, str) else hint
            except Exception:
                continue
        return found


def parse(function: Callable[..., Any], words: Sequence[str]) -> Tuple[List[Any], Dict[str, Any]]:
    """The positional and keyword arguments that `words` (`--a=1`, `--a 1`, `--flag`, `--no-flag`, `value`) give `function`.

    Raises ConductoError: C407 a required parameter is missing, C408 the function has no such parameter, C409 a value that
    is none of the parameter's type.
    """
    parser = _Parser(function)
    parser.read(list(words))
    return parser.finish()


class _Parser:
    """Reads words for one function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.parameters = dict(inspect.signature(function).parameters)
        self.types = {name: _type(parameter, hints(function)) for name, parameter in self.parameters.items()}
        self.rest: List[Any] = []
        self.values: Dict[str, Any] = {}

    def read(self, words: List[str]) -> None:
        while words:
            word = words.pop(0)
            if word.startswith("--") and len(word) > 2:
                self._option(word, words)
            else:
                self._positional(word)

    def _option(self, word: str, words: List[str]) -> None:
        key, equals, value = word[2:].partition("=")
        name = self._parameter(key)
        if name is not None and equals:
            self.values[name] = self._value(name, value)
        elif name is not None and self.types[name] is bool:
            self.values[name] = True
        elif name is not None and words and not words[0].startswith("--"):
            self.values[name] = self._value(name, words.pop(0))
        elif name is not None:
            raise self._error("C409", f"`--{key}` wants a value", name, f"write `--{key}=VALUE`")
        else:
            self._no_flag(word, key, equals)

    def _no_flag(self, word: str, key: str, equals: str) -> None:
        name = self._parameter(key[3:]) if key.startswith("no-") or key.startswith("no_") else None
        if name is None or equals or self.types[name] is not bool:
            known = [f"--{known}" for known in self._named()]
            help = did_you_mean(f"--{key}", known) or (f"it takes {', '.join(known)}" if known else "it takes none")
            raise self._error("C408", f"`{self.function.__name__}` has no parameter for `{shown(word)}`", None, help)
        self.values[name] = False

    def _parameter(self, key: str) -> Optional[str]:
        for name in (key, key.replace("-", "_")):
            if name in self._named():
                return name
        return None

    def _named(self) -> List[str]:
        kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        return [name for name, parameter in self.parameters.items() if parameter.kind in kinds]

    def _positional(self, word: str) -> None:
        for name, parameter in self.parameters.items():
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                self.rest.append(word)
                return
            if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD and name not in self.values:
                self.values[name] = self._value(name, word)
                return
        message = f"`{self.function.__name__}` has no parameter left for `{shown(word)}`"
        raise self._error("C408", message, None, "leave it out")

    def _value(self, name: str, text: str) -> Any:
        try:
            return _read(self.types[name], text)
        except ValueError:
            wanted = getattr(self.types[name], "__name__", str(self.types[name]))
            message = f"`{shown(text)}` is no {wanted}, which parameter `{name}` wants"
            raise self._error("C409", message, name, f"write `--{name}=` with {_example(self.types[name])}") from None

    def finish(self) -> Tuple[List[Any], Dict[str, Any]]:
        for name in self._named():
            if name not in self.values and self.parameters[name].default is inspect.Parameter.empty:
                message = f"`{self.function.__name__}` needs a value for its parameter `{name}`"
                raise self._error("C407", message, name, f"add `--{name}={_example(self.types[name])}`")
        if not self.rest:
            return [], self.values
        before = [
            name for name in self._named() if self.parameters[name].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        ]
        return [*(self.values.pop(name) for name in before), *self.rest], self.values

    def _error(self, code: str, message: str, name: Optional[str], help: str) -> ConductoError:
        return ConductoError(Diagnostic(code, message, location=where_defined(self.function, name), help=help))


def where_defined(function: Callable[..., Any], parameter: Optional[str] = None) -> Optional[Location]:
    """The place of a function's name in its `def`, or of one of its parameters."""
    import ast
    import linecache

    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return None
    try:
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError):
        return locate(code.co_filename, code.co_firstlineno)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _starts(node) == code.co_firstlineno:
            for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
                if argument.arg == parameter:
                    return locate(code.co_filename, argument.lineno, node_span(argument))
            return _name_of(code.co_filename, node.lineno, node.name)
    return locate(code.co_filename, code.co_firstlineno)


def _starts(node: Any) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _name_of(file: str, line: int, name: str) -> Location:
    place = locate(file, line)
    found = re.search(rf"\bdef\s+({re.escape(name)})\b", place.text)
    if found is None:
        return place
    return Location(place.file, line, found.start(1), found.end(1), place.text)


def _type(parameter: inspect.Parameter, known: Mapping[str, Any]) -> Any:
    """bool, int, float, str, or List of one: from the hint, else from the default, else str."""
    hint = known.get(parameter.name)
    if hint is None:
        default = parameter.default
        hint = type(default) if default is not inspect.Parameter.empty and default is not None else str
    union = (typing.Union, getattr(types, "UnionType", typing.Union))
    if typing.get_origin(hint) in union:
        inner = [option for option in typing.get_args(hint) if option is not type(None)]
        hint = inner[0] if len(inner) == 1 else str
    if hint is list:
        return List[str]
    return hint


def _read(kind: Any, text: str) -> Any:
    """`text` as a value of `kind`; ValueError where it is none."""
    if kind is bool:
        return text.lower() not in _FALSE
    if kind in (int, float, str):
        return kind(text)
    if typing.get_origin(kind) is list:
        (inner,) = typing.get_args(kind) or (str,)
        parts = re.findall(r"(?:\\,|[^,])+", text)
        return [_read(inner, part.replace("\\,", ",")) for part in parts]
    return text


def _example(kind: Any) -> str:
    return {bool: "true", int: "1", float: "1.5"}.get(kind, "1,2" if typing.get_origin(kind) is list else "TEXT")
