"""Which node or function of a file is meant: FUNC (docs/semantics.md, "Command line")."""

from __future__ import annotations

import functools
import types
import typing
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from . import arguments, callables, commandline, defaults, hints
from .defaults import Defaults
from .diagnostics import ConductoError, Diagnostic, did_you_mean
from .nodes import Node
from .source import shown_path
from .text import complaint

#: Of a file whose `co.main` gives the root nothing.
NOTHING = Defaults()


class Module(NamedTuple):
    """A user's file that was run: its path, its names, and what it gave to `co.main`: the default and `argv`.

    `module` is what stands in sys.modules while functions of the file run, if that is not there by itself, `path` what
    sys.path is for them; `defaults` are the attributes that `co.main` was given for the root.
    """

    file: str
    names: Mapping[str, Any]
    default: Optional[Callable[..., Any]] = None
    words: Optional[Sequence[str]] = None
    module: Optional[types.ModuleType] = None
    path: Sequence[str] = ()
    defaults: Defaults = NOTHING


class Entry(NamedTuple):
    """What FUNC stands for: a function or a node, its name, whether it is another than the file's default, and what its root
    is given besides.
    """

    name: str
    value: Union[Node, Callable[..., Any]]
    explicit: bool
    defaults: Defaults = NOTHING


# --- what a file offers -----------------------------------------------------------------------------------------------


def functions(module: Module, nodes_only: bool = True) -> Dict[str, Callable[..., Any]]:
    """The public functions defined in the file, of those in `__all__` where it has one; with `nodes_only`, those that may return
    a pipeline by their hint.
    """
    mine = {name: value for name, value in _offered(module).items() if _is_own(module, name, value)}
    return _once({name: value for name, value in mine.items() if not nodes_only or may_return_node(value)})


def _offered(module: Module) -> Mapping[str, Any]:
    """The names of a file that are for others."""
    listed = module.names.get("__all__")
    if not isinstance(listed, (list, tuple)):
        return module.names
    return {name: value for name, value in module.names.items() if name in listed}


def _is_own(module: Module, name: str, value: Any) -> bool:
    """Whether a name of the file is that of a function which a command line may call: a public one that is defined there.

    Names that `co.main` was given one by one are no module's: all functions among them were meant.
    """
    home = module.names.get("__name__")
    return _is_function(value) and not name.startswith("_") and home in (None, value.__module__)


def _is_function(value: Any) -> bool:
    return isinstance(value, (types.FunctionType, functools._lru_cache_wrapper))


def nodes(module: Module) -> Dict[str, Node]:
    """The public module-level nodes without a parent."""
    return _once(
        {
            name: value
            for name, value in _offered(module).items()
            if isinstance(value, Node) and not name.startswith("_") and value.parent is None
        }
    )


def _once(named: Mapping[str, Any]) -> Dict[str, Any]:
    """`named` with each thing under its first name alone."""
    first = {id(value): name for name, value in reversed(list(named.items()))}
    return {name: value for name, value in named.items() if first[id(value)] == name}


def may_return_node(function: Callable[..., Any]) -> bool:
    """Whether the return hint is absent, a node class, or a union with one."""
    known = hints.hints(function)
    if "return" not in known:
        return True
    hint = known["return"]
    options = typing.get_args(hint) if typing.get_origin(hint) in hints.UNIONS else (hint,)
    return any(isinstance(option, type) and issubclass(option, Node) for option in options)


def default(module: Module) -> Optional[Tuple[str, Any]]:
    """What FUNC is where none is given: co.main's default, the only parentless node, the only function; or None."""
    if module.default is not None:
        return module.default.__name__, module.default
    candidates: Mapping[str, Any] = nodes(module) or functions(module)
    return next(iter(candidates.items())) if len(candidates) == 1 else None


# --- what is asked for ------------------------------------------------------------------------------------------------


def split(words: Sequence[str]) -> Tuple[Optional[str], Tuple[str, ...]]:
    """`[FUNC] [--ARG=VALUE ...] [-- ...]`: FUNC, or None where the first word is none, and the arguments.

    After `--` every word is the function's; what stands before it, but for `--help`, is so anyway.
    """
    named = bool(words) and not words[0].startswith("-")
    rest = list(words[1:] if named else words)
    if "--" in rest:
        rest.remove("--")
    return words[0] if named else None, tuple(rest)


def choose(module: Module, name: Optional[str], any_function: bool = False) -> Entry:
    """The entry that `name` (or its absence) means; with `any_function`, one that is hinted to return something else too.

    Raises ConductoError: C404 no such entry, C405 none given and none evident, C413 a node that has a parent.
    """
    usual = default(module)
    if name is None:
        if usual is None:
            raise _none_evident(module)
        return Entry(usual[0], usual[1], False, module.defaults)
    value = _named(module, name, any_function)
    return Entry(name, value, usual is None or usual[1] is not value, module.defaults)


def _named(module: Module, name: str, any_function: bool) -> Any:
    if module.default is not None and module.default.__name__ == name:
        return module.default
    value = module.names.get(name)
    if isinstance(value, Node) and not name.startswith("_"):
        if value.parent is not None:
            raise _has_parent(module, name, value)
        return value
    if _is_own(module, name, value):
        if any_function or may_return_node(value):  # type: ignore[arg-type]
            return value
        raise _no_pipeline(name, value)
    candidates = [*nodes(module), *functions(module, nodes_only=not any_function)]
    message = f"{shown_path(module.file)} has no public function or root node `{name}`"
    help = did_you_mean(name, candidates) or _listing(candidates)
    raise ConductoError(Diagnostic("C404", message, location=commandline.word(name), help=help))


def _no_pipeline(name: str, function: Any) -> ConductoError:
    message = f"`{name}` is hinted to return something else than a node"
    help = "name a function that returns a node, or drop the hint"
    return ConductoError(Diagnostic("C404", message, location=callables.where_defined(function), help=help))


def _has_parent(module: Module, name: str, node: Node) -> ConductoError:
    root = next((f"`{key}`" for key, value in module.names.items() if value is node.root), "the root of its tree")
    message = f"`{name}` is a part of a tree: it stands at {node.path} under {root}"
    return ConductoError(
        Diagnostic("C413", message, node=node.path, location=node._site.location(), help=f"name {root} instead")
    )


def _none_evident(module: Module) -> ConductoError:
    candidates = list(nodes(module) or functions(module))
    if not candidates:
        message = f"{shown_path(module.file)} has no public function that returns a node, and no node"
        help = "define a function that returns the root of a tree"
    else:
        message = f"{shown_path(module.file)} does not say which of its pipelines is meant"
        help = f"{_listing(candidates)}; or give a function to `co.main(default=...)`"
    return ConductoError(Diagnostic("C405", message, help=help))


def _listing(candidates: Sequence[str]) -> str:
    if not candidates:
        return "define a function that returns the root of a tree"
    names = ", ".join(f"`{name}`" for name in candidates)
    return f"name {names}" if len(candidates) == 1 else f"name one of {names}"


def asks_for_help(entry: Entry, words: Sequence[str]) -> bool:
    """Whether `words`, as far as a `--`, ask how to use an entry."""
    cut = words.index("--") if "--" in words else len(words)
    if isinstance(entry.value, Node):
        return any(word in arguments.HELP for word in words[:cut])
    return arguments.asks_for_help(entry.value, words[:cut])


# --- what it gives ----------------------------------------------------------------------------------------------------


def build(entry: Entry, words: Sequence[str]) -> Any:
    """What `entry` gives: the node itself, or the result of calling the function with `words` (awaited, if it is to be)."""
    if isinstance(entry.value, Node):
        if words:
            message = f"`{entry.name}` is a node, and takes no arguments"
            raise ConductoError(Diagnostic("C408", message, location=commandline.word(words[0]), help="leave it out"))
        return entry.value
    positional, named = arguments.parse(entry.value, words)
    result = entry.value(*positional, **named)
    if isinstance(result, types.CoroutineType):
        return _awaited(result)
    return result


def _awaited(result: Any) -> Any:
    """What a coroutine gives; where the user's code runs a loop already, in one of another thread."""
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(result)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, result).result()


def pipeline(entry: Entry, words: Sequence[str]) -> Node:
    """The root node that `entry` gives, with what `co.main` gives it; its doc is the function's where it has none.

    Raises ConductoError C406 where there is no node, C413 where it has a parent, C416 where `co.main` says another thing.
    """
    result = build(entry, words)
    if not isinstance(result, Node):
        message = f"`{entry.name}` returned {type(result).__name__}, not a node"
        location = callables.where_defined(entry.value)  # type: ignore[arg-type]
        raise ConductoError(Diagnostic("C406", message, location=location, help="return the root of the tree"))
    import inspect

    told = None if isinstance(entry.value, Node) else inspect.getdoc(entry.value)
    carried = told if told and complaint(told) is None else None
    return defaults.give(entry.defaults, root(entry, result), carried)


def root(entry: Entry, node: Node) -> Node:
    """`node`, which must be a root: ConductoError C413 otherwise."""
    if node.parent is None:
        return node
    message = f"`{entry.name}` returned a part of a tree: it stands at {node.path}"
    location = node._site.location()
    help = "return the root of the tree"
    raise ConductoError(Diagnostic("C413", message, node=node.path, location=location, help=help))
