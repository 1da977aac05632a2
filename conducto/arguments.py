"""The words of a command line, read as a function's arguments."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from . import callables, commandline, signatures
from .diagnostics import ConductoError, Diagnostic, nearest
from .text import shown

#: What asks how something is used.
HELP = ("-h", "--help")


def parse(function: Callable[..., Any], words: Sequence[str]) -> Tuple[List[Any], Dict[str, Any]]:
    """The positional and keyword arguments that `words` (`--a=1`, `--a 1`, `--flag`, `--no-flag`, `value`) give `function`.

    Raises ConductoError: C407 a required parameter is missing, C408 the function has no such parameter, C409 a value that
    is none of the parameter's type.
    """
    reader = _Reader(function)
    reader.read(list(words))
    return reader.finish()


def asks_for_help(function: Callable[..., Any], words: Sequence[str]) -> bool:
    """Whether a word is `--help` or `-h` to us: no value of an option, and no parameter of the function's own."""
    return any(words[number] in HELP for number in not_its_own(function, words))


def not_its_own(function: Callable[..., Any], words: Sequence[str]) -> Iterator[int]:
    """The numbers of the words that are no option of the function's own, and no value of one."""
    reader = _Reader(function)
    number = 0
    while number < len(words):
        word = words[number]
        if not reader.takes(word):
            yield number
        elif "=" not in word and reader.takes_next(reader.parameter(word[2:]), list(words[number + 1 : number + 2])):
            number += 1
        number += 1


class _Reader:
    """Reads words for one function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.facts = callables.facts(function)
        self.function = function
        self.name = getattr(function, "__name__", "the function")
        self.kinds = self.facts.kinds
        self.values: Dict[str, Any] = {}

    def read(self, words: List[str]) -> None:
        while words:
            word = words.pop(0)
            if word.startswith("--") and len(word) > 2:
                self._option(word, words)
            else:
                self._positional(word)

    def parameter(self, key: str) -> Optional[str]:
        """The parameter that `--key` names."""
        return next((name for name in (key, key.replace("-", "_")) if name in self.facts.parameters), None)

    def _negated(self, key: str) -> Optional[str]:
        """The parameter that `--no-flag` sets to False."""
        name = self.parameter(key[3:]) if key.startswith(("no-", "no_")) else None
        return name if name is not None and self.kinds[name].flag != "never" else None

    def is_option(self, word: str) -> bool:
        """Whether a word names a parameter of this function."""
        key = word[2:].partition("=")[0]
        return word.startswith("--") and (self.parameter(key) is not None or self._negated(key) is not None)

    def takes(self, word: str) -> bool:
        """Whether a word is an option to this function: of a parameter's name, or of any where it takes all."""
        return self.is_option(word) or (self.facts.others is not None and word.startswith("--") and "=" in word)

    def takes_next(self, name: Optional[str], words: List[str]) -> bool:
        """Whether the next word is the value of `--name`: one that is no option of this function."""
        return name is not None and self.kinds[name].flag != "only" and bool(words) and not self.is_option(words[0])

    def _option(self, word: str, words: List[str]) -> None:
        key, equals, value = word[2:].partition("=")
        name = self.parameter(key)
        if name is None:
            self._no_parameter(word, key, value if equals else None)
        elif equals:
            self.values[name] = self._value(name, value, word)
        elif self.takes_next(name, words):
            self.values[name] = self._value(name, words[0], words.pop(0))
        elif self.kinds[name].flag != "never":
            self.values[name] = True
        else:
            raise self._error("C409", f"`{word}` wants a value", word, f"write `{word}=VALUE`")

    def _no_parameter(self, word: str, key: str, value: Optional[str]) -> None:
        """`--no-flag`, or an option for `**others`."""
        name = self._negated(key)
        if name is not None and value is None:
            self.values[name] = False
        elif self.facts.others is not None and value is not None:
            found = self._value(self.facts.others, value, word)
            self.values.setdefault(self.facts.others, {})[key.replace("-", "_")] = found
        else:
            meant = nearest(key, self.facts.parameters)
            known = ", ".join(f"--{known}" for known in self.facts.parameters) or "none"
            help = f"did you mean `--{meant}`?" if meant else f"it takes {known}"
            raise self._error("C408", f"`{self.name}` has no parameter for `{shown(word)}`", word, help)

    def _positional(self, word: str) -> None:
        for name in self.facts.by_position:
            if name not in self.values:
                self.values[name] = self._value(name, word, word)
                return
        rest = self.facts.rest
        if rest is None:
            message = f"`{self.name}` has no parameter left for `{shown(word)}`"
            raise self._error("C408", message, word, "leave it out")
        self.values[rest] = (*self.values.get(rest, ()), self._value(rest, word, word))

    def _value(self, name: str, text: str, word: str) -> Any:
        kind = self.kinds[name]
        try:
            return kind.read(text)
        except ValueError:
            message = f"`{shown(text)}` is no {kind.name}, which parameter `{name}` wants"
            raise self._error("C409", message, word, f"write `--{name}={kind.example}`", text) from None

    def finish(self) -> Tuple[List[Any], Dict[str, Any]]:
        """The arguments read. Raises C407 where one is missing."""
        for name in self.facts.required:
            if name not in self.values:
                message = f"`{self.name}` needs a value for its parameter `{name}`"
                help = f"add `--{name}={self.kinds[name].example}`"
                place = callables.where_defined(self.function, name)
                raise ConductoError(Diagnostic("C407", message, location=place, help=help))
        self._fill()
        return signatures.split(self.facts.every, self.values)

    def _fill(self) -> None:
        """Give what can be given by position alone its default where a later one of these was given a value."""
        found = [p for p in self.facts.parameters.values() if p.kind is signatures.POSITIONAL_ONLY]
        last = max((number for number, parameter in enumerate(found) if parameter.name in self.values), default=-1)
        for parameter in found[:last]:
            self.values.setdefault(parameter.name, parameter.default)

    def _error(self, code: str, message: str, word: str, help: str, part: str = "") -> ConductoError:
        """An error at a word of the command line, or at a part of it."""
        notes = callables.defined_at(self.function)
        return ConductoError(Diagnostic(code, message, location=commandline.word(word, part), notes=notes, help=help))
