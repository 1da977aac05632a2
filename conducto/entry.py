"""Which node or function of a file is meant: FUNC (docs/semantics.md, "Command line")."""

from __future__ import annotations

import inspect
import types
import typing
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from . import callables
from .diagnostics import ConductoError, Diagnostic, Location, did_you_mean
from .nodes import Node
from .source import locate, shown_path


class Module(NamedTuple):
    """A user's file that was run: its path, its names, and the default given to `co.main` (None without one)."""

    file: str
    names: Mapping[str, Any]
    default: Optional[Callable[..., Any]] = None


class Entry(NamedTuple):
    """What FUNC stands for: a function or a node, its name, and whether it is another than the file's default."""

    name: str
    value: Union[Node, Callable[..., Any]]
    explicit: bool


def functions(module: Module, nodes_only: bool = True) -> Dict[str, Callable[..., Any]]:
    """The public functions defined in the file; with `nodes_only`, those that may return a pipeline by their hint."""
    home = module.names.get("__name__")
    return {
        name: value
        for name, value in module.names.items()
        if inspect.isfunction(value) and not name.startswith("_") and value.__module__ == home
        if not nodes_only or may_return_node(value)
    }


def may_return_node(function: Callable[..., Any]) -> bool:
    """Whether the return hint is absent, a node class, or a union with one."""
    known = callables.hints(function)
    if "return" not in known:
        return True
    hint = known["return"]
    options = typing.get_args(hint) if _is_union(hint) else (hint,)
    return any(isinstance(option, type) and issubclass(option, Node) for option in options)


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (Union, getattr(types, "UnionType", Union))


def nodes(module: Module) -> Dict[str, Node]:
    """The public module-level nodes without a parent, each under its first name."""
    found: Dict[str, Node] = {}
    for name, value in module.names.items():
        if isinstance(value, Node) and not name.startswith("_") and value.parent is None:
            if not any(value is known for known in found.values()):
                found[name] = value
    return found


def default(module: Module) -> Optional[Tuple[str, Any]]:
    """What FUNC is where none is given: co.main's default, the only parentless node, the only function; or None."""
    if module.default is not None:
        return module.default.__name__, module.default
    for candidates in (nodes(module), functions(module)):
        if len(candidates) == 1:
            return next(iter(candidates.items()))
        if candidates:
            return None
    return None


def choose(module: Module, name: Optional[str], any_function: bool = False) -> Entry:
    """The entry that `name` (or its absence) means; with `any_function`, one that is hinted to return something else too.

    Raises ConductoError: C404 no such entry, C405 none given and none evident, C413 a node that has a parent.
    """
    usual = default(module)
    if name is None:
        if usual is None:
            raise _none_evident(module)
        return Entry(usual[0], usual[1], False)
    value = _named(module, name, any_function)
    return Entry(name, value, usual is None or usual[1] is not value)


def _named(module: Module, name: str, any_function: bool) -> Any:
    candidates: Dict[str, Any] = {**nodes(module), **functions(module, nodes_only=not any_function)}
    if module.default is not None and module.default.__name__ == name:
        return module.default
    value = module.names.get(name)
    if name in candidates or (isinstance(value, Node) and value.parent is None and not name.startswith("_")):
        return value
    if isinstance(value, Node) and value.parent is not None:
        raise _has_parent(module, name, value)
    if name in functions(module, nodes_only=False):
        message = f"`{name}` is hinted to return something else than a node"
        help = "name a function that returns a node, or drop the hint"
        raise ConductoError(Diagnostic("C404", message, location=callables.where_defined(value), help=help))
    message = f"{shown_path(module.file)} has no public function or root node `{name}`"
    help = did_you_mean(name, candidates) or _listing(candidates)
    raise ConductoError(Diagnostic("C404", message, location=_top(module), help=help))


def _has_parent(module: Module, name: str, node: Node) -> ConductoError:
    root = next((f"`{key}`" for key, value in module.names.items() if value is node.root), "the root of its tree")
    message = f"`{name}` is a part of a tree: it stands at {node.path} under {root}"
    return ConductoError(
        Diagnostic("C413", message, node=node.path, location=node._site.location(), help=f"name {root} instead")
    )


def _none_evident(module: Module) -> ConductoError:
    candidates: Sequence[str] = list(nodes(module)) or list(functions(module))
    if not candidates:
        message = f"{shown_path(module.file)} has no public function that returns a node, and no node"
        help = "define a function that returns the root of a tree"
    else:
        message = f"{shown_path(module.file)} does not say which of its pipelines is meant"
        help = f"{_listing(candidates)}; or give one of them to `co.main(default=...)`"
    return ConductoError(Diagnostic("C405", message, location=_top(module), help=help))


def _listing(candidates: Sequence[str] | Mapping[str, Any]) -> str:
    names = [f"`{name}`" for name in candidates]
    return f"name one of {', '.join(names)}" if names else "define a function that returns the root of a tree"


def _top(module: Module) -> Location:
    return locate(module.file, 1)


def build(entry: Entry, words: Sequence[str]) -> Any:
    """What `entry` gives: the node itself, or the result of calling the function with `words`."""
    if isinstance(entry.value, Node):
        if words:
            message = f"`{entry.name}` is a node, and takes no arguments"
            raise ConductoError(
                Diagnostic("C408", message, location=entry.value._site.location(), help="leave them out")
            )
        return entry.value
    positional, named = callables.parse(entry.value, words)
    return entry.value(*positional, **named)


def pipeline(entry: Entry, words: Sequence[str]) -> Node:
    """The root node that `entry` gives. Raises ConductoError C406 where it gives none, C413 where that has a parent."""
    result = build(entry, words)
    if not isinstance(result, Node):
        message = f"`{entry.name}` returned {type(result).__name__}, not a node"
        location = callables.where_defined(entry.value)  # type: ignore[arg-type]
        raise ConductoError(Diagnostic("C406", message, location=location, help="return the root of the tree"))
    if result.parent is not None:
        message = f"`{entry.name}` returned a part of a tree: it stands at {result.path}"
        location = result._site.location()
        raise ConductoError(
            Diagnostic("C413", message, node=result.path, location=location, help="return the root of the tree")
        )
    return result


def shown_entries(module: Module) -> List[str]:
    """The entries of a file for a usage text: name, signature, and the first line of the docstring."""
    found = [name for name in nodes(module)]
    for name, function in functions(module, nodes_only=False).items():
        doc = (inspect.getdoc(function) or "").split("\n")[0]
        found.append(f"{name}{inspect.signature(function)}" + (f"   {doc}" if doc else ""))
    return found
