"""A function and arguments for it, bound and written as the words of a command line."""

from __future__ import annotations

import types
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from . import callables, hints, source
from .blame import blame, carried, said
from .call import Call
from .callables import Facts, Home
from .compound import AnyOf
from .diagnostics import ConductoError, ConductoTypeError, did_you_mean
from .kinds import BOOL, BYTES, FLOAT, INT, TEXT, Kind, Made, Unwritten, same
from .text import complaint

#: What beside a function is the node's, where the function has no parameter called so.
_OF_NODE = ("name", "params")
_NO_TEXT = (dict, set, frozenset, tuple)
_SIMPLE: Dict[type, Kind] = {bool: BOOL, int: INT, float: FLOAT, str: TEXT, bytes: BYTES}


def bound(function: Callable[..., Any], values: Sequence[Any], named: Mapping[str, Any]) -> Tuple[Call, Dict[str, Any]]:
    """The call of `function` with these arguments, in the order of its signature, only those given; and what of `named` is the
    node's: `name` and `params`, where the function has no parameters called so.

    What `conducto FILE FUNC WORDS` gives the function is what was given here, in type and value; an argument for which that is
    not so is refused. Raises ConductoTypeError or ConductoValueError at the user's line: C140 and C141 a function that no
    command line can call, C142 an argument is missing, C143 one is too many, C144 one of another type than the parameter's,
    C145 a parameter whose type has no text, C115 a text that cannot be carried.
    """
    known = None if values else _like_before(function, named)
    if known is not None:
        return known, {}
    home, facts = callables.called(function)
    own: Dict[str, Any] = {}
    if not named.keys().isdisjoint(_OF_NODE):
        own = {key: named[key] for key in _OF_NODE if key in named and key not in facts.parameters}
    given = _given(function, facts, values, named, own)
    as_text: List[str] = []
    order = facts.parameters if len(given) > 1 else given
    words = [_word(function, facts, name, given[name], as_text) for name in order if name in given]
    if complaint(" ".join(words)):
        _complain(facts, words)
    if not values and not own:
        _remember(function, named, home, facts)
    return Call(home.file, home.name, tuple(words), tuple(as_text)), own


class _Usual(NamedTuple):
    """How the words are written of a call whose arguments have such names and such types that nothing need be checked: for
    each the parameter, what the word begins with, and what writes the value.
    """

    home: Home
    words: Tuple[Tuple[str, str, Callable[[Any], str]], ...]


#: By the function and the names and types of what it is given: most calls are like one before.
_usual: Dict[Tuple[Any, ...], _Usual] = {}


def _like_before(function: Any, named: Mapping[str, Any]) -> Optional[Call]:
    """The call, where one like it was found right before."""
    if type(function) is not types.FunctionType:
        return None
    usual = _usual.get((function, *named, *map(type, named.values())))
    if usual is None:
        return None
    words = tuple([lead + write(named[name]) for name, lead, write in usual.words])
    return None if complaint(" ".join(words)) else Call(usual.home.file, usual.home.name, words)


def _remember(function: Any, named: Mapping[str, Any], home: Home, facts: Facts) -> None:
    simple = all(
        facts.kinds[name] in (INT, FLOAT, TEXT, BYTES) and facts.kinds[name].exact(named[name]) for name in named
    )
    if type(function) is types.FunctionType and facts.resolved and simple:
        words = tuple((name, f"--{name}=", facts.kinds[name].write) for name in facts.parameters if name in named)
        _usual[(function, *named, *map(type, named.values()))] = _Usual(home, words)


def name_of_node(command: Any, named: Mapping[str, Any]) -> Any:
    """What of the arguments of an Exec is the node's name, where that can be told: for errors."""
    try:
        return None if callable(command) and "name" in callables.parameters(command) else named.get("name")
    except (TypeError, ValueError):  # nobody knows what it takes
        return named.get("name")


def _complain(facts: Facts, words: Sequence[str]) -> None:
    """Raise C115 for the word that cannot be carried, else for all of them together."""
    for word in words:
        name, _, text = word[2:].partition("=")
        carried(f"what is given for `{name}`", text, _pick(facts, name))
    carried("what is given here", " ".join(words), None)


def more_than_a_command(values: Sequence[Any]) -> ConductoError:
    """C147 for values behind a command that is no function."""
    message = f"{said(values[0])} stands behind a command, where only a function takes arguments"
    help = "write it into the text, or give an attribute by its name"
    return blame(ConductoTypeError, "C147", message, source.positional(1), help=help)


def _word(function: Any, facts: Facts, name: str, value: Any, as_text: List[str]) -> str:
    """One argument as a word of a command line."""
    kind = facts.kinds[name]
    if type(value) is bool and kind.flag != "never" and f"no_{name}" not in facts.parameters:
        return f"--{name}" if value else f"--no-{name}"
    text = kind.write(value) if kind.exact(value) else _checked(function, facts, name, value, as_text)
    return f"--{name}={text}"


# --- which argument is which ------------------------------------------------------------------------------------------


def _given(
    function: Any, facts: Facts, values: Sequence[Any], named: Mapping[str, Any], own: Mapping[str, Any]
) -> Dict[str, Any]:
    """Parameter -> value."""
    if len(values) > len(facts.by_position):
        raise _too_many(function, facts, len(values))
    given = dict(zip(facts.by_position, values))
    for key, value in named.items():
        if key in own:
            continue
        if key in given:
            message = f"`{_name(function)}` is given its parameter `{key}` twice"
            raise _blamed(function, "C143", message, source.keyword(key), "leave one of the two out")
        if key not in facts.parameters:
            raise _unexpected(function, facts, key)
        given[key] = value
    for name in facts.required:
        if name not in given:
            message = f"`{_name(function)}` needs a value for its parameter `{name}`"
            raise _blamed(function, "C142", message, source.argument("command", 0), f"add `{name}=...`")
    return given


def _too_many(function: Any, facts: Facts, count: int) -> ConductoError:
    most = len(facts.by_position)
    takes = f"{most} values" if most > 1 else "one value" if most else "no value"
    message = f"`{_name(function)}` takes {takes} without a name, and is given {count}"
    rest = [name for name in facts.parameters if name not in facts.by_position]
    help = f"give {', '.join(f'`{name}=...`' for name in rest)} by name" if rest else "leave the others out"
    return _blamed(function, "C143", message, source.passed(None, most + 1), help)


def _unexpected(function: Any, facts: Facts, key: str) -> ConductoError:
    from .attributes import OF_KIND

    message = f"`{_name(function)}` has no parameter `{key}`"
    known = ", ".join(facts.parameters) or "none"
    help = did_you_mean(key, facts.parameters) or f"it takes {known}"
    if key in OF_KIND["exec"]:
        help = f"give attributes of the node apart: `params=co.Params({key}=...)`"
    return _blamed(function, "C143", message, source.keyword(key), help)


# --- whether it arrives -----------------------------------------------------------------------------------------------


def _checked(function: Any, facts: Facts, name: str, value: Any, as_text: List[str]) -> str:
    """The text of a value whose type alone does not tell that it comes back: written, and read again."""
    kind = facts.kinds[name]
    try:
        text = kind.write(value)
        back = kind.read(text)
    except Exception:  # of a user's class
        raise _refused(function, facts, name, value) from None
    if same(value, back):
        return text
    if isinstance(kind, AnyOf) and kind.as_text(value) is not None:
        as_text.append(name)
        return text
    raise _refused(function, facts, name, value)


def _refused(function: Any, facts: Facts, name: str, value: Any) -> ConductoError:
    kind = facts.kinds[name]
    pick = _pick(facts, name)
    if isinstance(kind, Unwritten) or isinstance(value, _NO_TEXT):
        type_ = kind.name if isinstance(kind, Unwritten) else type(value).__name__
        message = f"`{name}` of `{_name(function)}` is of type {type_}, which has no text on a command line"
        help = "pass a list" if isinstance(value, tuple) else "pass a text (of JSON, say), or a file of the copied code"
        return _blamed(function, "C145", message, pick, help)
    message = f"`{name}` is {said(value)}, and `{_name(function)}` takes {kind.name} for it"
    help = _instead(kind, name, value)
    if value is None and name not in facts.required:
        help = f"leave it out, or {help}"
    return _blamed(function, "C144", message, pick, help)


def _instead(kind: Kind, name: str, value: Any) -> str:
    """What to write for a value that would not arrive as it is."""
    if value is None:
        return f"hint it `{name}: Optional[{kind.name}]`"
    if isinstance(kind, AnyOf) and not kind.members:
        return f"hint it: `{name}: {type(value).__name__}`" if _has_text(value) else "pass a text, or a list"
    if isinstance(kind, Made) and isinstance(value, kind.cls) and type(value) is not kind.cls:
        return f"pass {kind.name} itself, where {type(value).__name__} is one of its kinds"
    if isinstance(kind, Made) and isinstance(value, kind.cls):
        return f"give `{kind.name}` a method `to_str()` and a static one `from_str`, and let equal ones be equal"
    for base in (bool, int, float, str, bytes):
        if kind is _SIMPLE[base] and isinstance(value, (base, int) if base is float else base):
            return f"pass `{base.__name__}(...)` of it"
    return f"pass {kind.name}, or change the hint of `{name}`"


def _has_text(value: Any) -> bool:
    """Whether `value` comes back where a parameter is hinted to be of its type."""
    kind = hints.of(type(value))
    try:
        return same(value, kind.read(kind.write(value)))
    except Exception:  # of a user's class
        return False


def _blamed(function: Any, code: str, message: str, pick: source.Pick, help: str) -> ConductoError:
    return blame(ConductoTypeError, code, message, pick, help=help, notes=callables.defined_at(function))


def _name(function: Any) -> str:
    return str(getattr(function, "__name__", "the function"))


def _pick(facts: Facts, name: str) -> source.Pick:
    """Picks the argument for a parameter of a function that `Exec(function, ...)` is given."""
    return source.passed(name, facts.by_position.index(name) + 1 if name in facts.by_position else None)
