"""A function's arguments as text on a command line, and back."""

from __future__ import annotations

import inspect
import re
import types
import typing
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from . import commandline
from .diagnostics import ConductoError, Diagnostic, Location, nearest
from .source import locate, node_span
from .text import shown

_TRUE = frozenset(["1", "t", "true", "y", "yes", "on"])
_FALSE = frozenset(["0", "f", "false", "n", "no", "off"])

#: What `typing.get_origin` gives for a union, written in either way.
UNIONS = (typing.Union, getattr(types, "UnionType", typing.Union))


def hints(function: Callable[..., Any]) -> Mapping[str, Any]:
    """The type hints of `function`, string annotations resolved where they can be; one that cannot is left out."""
    try:
        return typing.get_type_hints(function)
    except Exception:
        read = {name: _read_hint(function, hint) for name, hint in getattr(function, "__annotations__", {}).items()}
        return {name: hint for name, hint in read.items() if not isinstance(hint, str)}


def _read_hint(function: Callable[..., Any], hint: Any) -> Any:
    """A string annotation resolved (twice one, where annotations are texts anyway); the text where it cannot be."""
    try:
        while isinstance(hint, str):
            hint = eval(hint, function.__globals__)
    except Exception:
        return str(hint)
    return hint


def parse(function: Callable[..., Any], words: Sequence[str]) -> Tuple[List[Any], Dict[str, Any]]:
    """The positional and keyword arguments that `words` (`--a=1`, `--a 1`, `--flag`, `--no-flag`, `value`) give `function`.

    Raises ConductoError: C407 a required parameter is missing, C408 the function has no such parameter, C409 a value that
    is none of the parameter's type.
    """
    parser = _Parser(function)
    parser.read(list(words))
    return parser.finish()


def parameters(value: Any) -> Dict[str, bool]:
    """The parameters of a function that may be given by name, and whether each is required; none for another value."""
    if not callable(value):
        return {}
    empty = inspect.Parameter.empty
    return {name: parameter.default is empty for name, parameter in _named(inspect.signature(value)).items()}


def _named(signature: inspect.Signature) -> Dict[str, inspect.Parameter]:
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {name: parameter for name, parameter in signature.parameters.items() if parameter.kind not in kinds}


class _Parser:
    """Reads words for one function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        signature = inspect.signature(function)
        known = hints(function)
        self.function = function
        self.name = getattr(function, "__name__", "the function")
        self.named = _named(signature)
        self.rest = _only(signature, inspect.Parameter.VAR_POSITIONAL)
        self.others = _only(signature, inspect.Parameter.VAR_KEYWORD)
        self.types = {name: _type(parameter, known) for name, parameter in signature.parameters.items()}
        self.given = signature.bind_partial()
        self.values = self.given.arguments

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
        if name is None:
            self._no_parameter(word, key, value if equals else None)
        elif equals:
            self.values[name] = self._value(name, value, word)
        elif self.types[name] is bool:
            self.values[name] = True
        elif words and not words[0].startswith("--"):
            self.values[name] = self._value(name, words[0], words.pop(0))
        else:
            raise self._error("C409", f"`{word}` wants a value", word, f"write `{word}=VALUE`")

    def _no_parameter(self, word: str, key: str, value: Optional[str]) -> None:
        """`--no-flag` of a bool, or an option for `**others`."""
        name = self._parameter(key[3:]) if key.startswith(("no-", "no_")) else None
        if name is not None and value is None and self.types[name] is bool:
            self.values[name] = False
        elif self.others is not None and value is not None:
            self.values.setdefault(self.others, {})[key.replace("-", "_")] = self._value(self.others, value, word)
        else:
            meant = nearest(key, self.named)
            known = ", ".join(f"--{known}" for known in self.named) or "none"
            help = f"did you mean `--{meant}`?" if meant else f"it takes {known}"
            raise self._error("C408", f"`{self.name}` has no parameter for `{shown(word)}`", word, help)

    def _parameter(self, key: str) -> Optional[str]:
        return next((name for name in (key, key.replace("-", "_")) if name in self.named), None)

    def _positional(self, word: str) -> None:
        for name, parameter in self.named.items():
            if parameter.kind is not inspect.Parameter.KEYWORD_ONLY and name not in self.values:
                self.values[name] = self._value(name, word, word)
                return
        if self.rest is None:
            message = f"`{self.name}` has no parameter left for `{shown(word)}`"
            raise self._error("C408", message, word, "leave it out")
        self.values[self.rest] = (*self.values.get(self.rest, ()), self._value(self.rest, word, word))

    def _value(self, name: str, text: str, word: str) -> Any:
        kind = self.types[name]
        try:
            return _read(kind, text)
        except ValueError:
            message = f"`{shown(text)}` is no {getattr(kind, '__name__', kind)}, which parameter `{name}` wants"
            raise self._error("C409", message, word, f"write `--{name}={_example(kind)}`", text) from None

    def finish(self) -> Tuple[List[Any], Dict[str, Any]]:
        for name, parameter in self.named.items():
            if name not in self.values and parameter.default is inspect.Parameter.empty:
                message = f"`{self.name}` needs a value for its parameter `{name}`"
                help = f"add `--{name}={_example(self.types[name])}`"
                place = where_defined(self.function, name)
                raise ConductoError(Diagnostic("C407", message, location=place, help=help))
        return list(self.given.args), dict(self.given.kwargs)

    def _error(self, code: str, message: str, word: str, help: str, part: str = "") -> ConductoError:
        """An error at a word of the command line, or at a part of it."""
        place = where_defined(self.function)
        notes = () if place is None else (f"`{self.name}` is defined at {place.file}:{place.line}",)
        return ConductoError(Diagnostic(code, message, location=commandline.word(word, part), notes=notes, help=help))


def _only(signature: inspect.Signature, kind: Any) -> Optional[str]:
    """The name of the parameter of that kind, `*rest` or `**others`."""
    return next((name for name, parameter in signature.parameters.items() if parameter.kind is kind), None)


def where_defined(function: Callable[..., Any], parameter: Optional[str] = None) -> Optional[Location]:
    """The place of a function's name in its `def`, or of one of its parameters."""
    import ast
    import linecache

    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return None
    try:
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return locate(code.co_filename, code.co_firstlineno)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _starts(node) == code.co_firstlineno:
            for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
                if argument.arg == parameter:
                    return locate(code.co_filename, argument.lineno, node_span(argument))
            return _name_of(code.co_filename, node.lineno, node.name)
    return locate(code.co_filename, code.co_firstlineno)


def _starts(node: Any) -> int:
    first: int = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return first


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
    if typing.get_origin(hint) in UNIONS:
        inner = [option for option in typing.get_args(hint) if option is not type(None)]
        hint = inner[0] if len(inner) == 1 else str
    if hint is list:
        return List[str]
    return hint


def _read(kind: Any, text: str) -> Any:
    """`text` as a value of `kind`; ValueError where it is none."""
    if kind is bool:
        if text.lower() not in _TRUE | _FALSE:
            raise ValueError(text)
        return text.lower() in _TRUE
    if kind in (int, float, str):
        return kind(text)
    if typing.get_origin(kind) is list:
        (inner,) = typing.get_args(kind) or (str,)
        parts = re.findall(r"(?:\\,|[^,])+", text)
        return [_read(inner, part.replace("\\,", ",")) for part in parts]
    return text


def _example(kind: Any) -> str:
    return {bool: "true", int: "1", float: "1.5"}.get(kind, "1,2" if typing.get_origin(kind) is list else "TEXT")
