"""The tree as a user builds it: Exec, Serial and Parallel (docs/semantics.md, "Building the tree")."""

from __future__ import annotations

import contextvars
from types import MappingProxyType, TracebackType
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple, Type, TypeVar

from . import attributes, source, text
from .attributes import ATTRIBUTES, blame
from .diagnostics import (
    ConductoError,
    ConductoKeyError,
    ConductoTypeError,
    ConductoValueError,
    Diagnostic,
    did_you_mean,
)

_Self = TypeVar("_Self", bound="Node")


class Block:
    """One open `with`: its node, and the nodes made in it without a name, which must find a parent before it ends."""

    __slots__ = ("loose", "node", "outer")

    def __init__(self, node: "Node", outer: Optional["Block"]) -> None:
        self.node = node
        self.outer = outer
        self.loose: List[Node] = []


#: Of every Exec: never written to.
_CHILDLESS: Dict[str, "Node"] = {}

_block: contextvars.ContextVar[Optional[Block]] = contextvars.ContextVar("conducto_block", default=None)


class Node:
    """What Exec, Serial and Parallel have in common: a place in a tree, and attributes.

    Attributes (see docs/semantics.md for the meaning): `env` dict of str, `image` name, `cpu`, `mem` in GB, `gpu`, `skip`,
    `suppress_errors`, `doc`; `stop_on_error` of a Serial. `name=` is for use inside `with`. Setting a value checks it and
    raises ConductoTypeError or ConductoValueError (subclasses of TypeError and ValueError) at the user's line.
    """

    __slots__ = ("_children", "_name", "_own", "_parent", "_site", "_top")

    kind = "node"

    def __init__(self, *, name: Optional[str] = None, **own: Any) -> None:
        if type(self) is Node:
            message = "a Node cannot be made by itself"
            raise blame(ConductoTypeError, "C109", message, help="make an Exec, a Serial or a Parallel")
        self._site = source.user_site()
        self._name: Optional[str] = None
        self._parent: Optional[Node] = None
        self._top: Node = self
        self._children: Dict[str, Node] = {} if self.kind != "exec" else _CHILDLESS
        self._own: dict[str, Any] = {}
        for key, value in own.items():
            self._own[key] = attributes.check(self.kind, key, value)
        self._join_block(name)

    def _join_block(self, name: Optional[str]) -> None:
        block = _block.get()
        if name is not None:
            pick = source.argument("name")
            _check_name(name, pick)
            if block is None:
                message = f"`name={text.shown(repr(name))}` outside any `with`"
                raise blame(ConductoValueError, "C113", message, pick, help="assign instead: `parent[name] = node`")
            block.node._adopt(name, self, pick, source.keyword("name"))
        elif block is not None:
            block.loose.append(self)

    # --- attributes ---------------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        known = ATTRIBUTES.get(name)
        if known is None or known.on not in ("node", self.kind):
            raise AttributeError(f"{type(self).__name__} has no attribute `{name}`")
        if name == "env":
            return self._own.setdefault("env", attributes.Env({}))
        return self._own.get(name, known.default)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _SLOTS or (name == "command" and self.kind == "exec"):
            object.__setattr__(self, name, value)
        else:
            self._own[name] = attributes.check(self.kind, name, value, by_assignment=True)

    # --- place in the tree ----------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name under the parent; "/" for a root."""
        return "/" if self._name is None else self._name

    @property
    def parent(self) -> Optional["Node"]:
        """The node that this one was assigned into, or None."""
        return self._parent

    @property
    def root(self) -> "Node":
        """The topmost node of the tree."""
        node = self
        while node._top is not node:
            node._top = node._top._top
            node = node._top
        return node

    @property
    def children(self) -> Mapping[str, "Node"]:
        """Name to node, in run and print order; a view that cannot be written to."""
        return MappingProxyType(self._children)

    @property
    def path(self) -> str:
        """The full path, "/" for a root."""
        names = []
        node = self
        while node._parent is not None:
            names.append(node.name)
            node = node._parent
        return "/" + "/".join(reversed(names))

    def __str__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {text.shown(self.path)}>"

    def stream(self, reverse: bool = False) -> Iterator["Node"]:
        """Every node of this subtree, parents before children; children before parents with `reverse`."""
        found: List[Node] = []
        stack: List[Node] = [self]
        while stack:
            node = stack.pop()
            found.append(node)
            children = node._children.values()
            stack.extend(children if reverse else reversed(list(children)))
        return iter(reversed(found) if reverse else found)

    def pretty(self) -> str:
        """The printed tree, without colour and without a last newline."""
        from .pretty import node_text

        return node_text(self)

    # --- building -------------------------------------------------------------------------------------------------------

    def __setitem__(self, path: str, node: "Node") -> None:
        """Put `node` at `path` ("a", "a/b", "/a" from the root); every part but the last must be there already."""
        parts, absolute = _parts(path)
        if not parts:
            raise _empty_name()
        parent = self._walk(path, parts[:-1], absolute)
        parent._adopt(parts[-1], node, source.subscript, source.assigned)

    def __getitem__(self, path: str) -> "Node":
        """The node at `path`; ConductoKeyError (a KeyError) where there is none."""
        parts, absolute = _parts(path)
        return self._walk(path, parts, absolute)

    def __contains__(self, path: str) -> bool:
        """Whether `path` names a node."""
        parts, absolute = _parts(path)
        node: Optional[Node] = self.root if absolute else self
        for part in parts:
            node = node._children.get(part) if node is not None else None
        return node is not None

    __iter__ = None  # a tree is no sequence: without this, __getitem__ would make it one

    def _walk(self, path: str, parts: List[str], absolute: bool) -> "Node":
        node = self.root if absolute else self
        for part in parts:
            child = node._children.get(part)
            if child is None:
                raise node._missing(part, path)
            node = child
        return node

    def _missing(self, part: str, path: str) -> ConductoError:
        message = f"`{text.shown(path)}`: {_here(self)} has no child `{text.shown(part)}`"
        help = did_you_mean(part, self._children) or f"assign `{text.shown(part)}` under {_here(self)} first"
        return blame(ConductoKeyError, "C105", message, source.subscript, help=help, node=self.path)

    def _adopt(self, name: str, node: "Node", name_pick: source.Pick, node_pick: source.Pick) -> None:
        """Make `node` the last child of this one, or raise and change nothing."""
        _check_name(name, name_pick)
        if not isinstance(node, Node):
            message = f"`{text.shown(name)}` is {type(node).__name__}, not a node"
            help = "assign an Exec, a Serial or a Parallel"
            raise blame(ConductoTypeError, "C109", message, node_pick, help=help, node=_join(self, name))
        if isinstance(self, Exec):
            help = "put both under a Serial or a Parallel"
            message = f"{_here(self)} is an Exec, and an Exec has no children"
            raise blame(ConductoValueError, "C108", message, source.container, help=help, node=self.path)
        if name in self._children:
            message = f"{_here(self)} already has a child `{text.shown(name)}`"
            raise blame(ConductoValueError, "C101", message, name_pick, help="use another name", node=_join(self, name))
        if node._parent is not None:
            message = f"this node already stands at {_here(node)}"
            help = "make a new node for each place: a function that returns one serves well"
            raise blame(ConductoValueError, "C106", message, node_pick, help=help, node=_join(self, name))
        if node is self or (node._children and self.root is node):
            message = f"{_here(self)} would become its own ancestor"
            help = "assign the upper node a child, not the other way round"
            raise blame(ConductoValueError, "C107", message, node_pick, help=help, node=self.path)
        node._name = name
        node._parent = self
        node._top = self
        self._children[name] = node

    def __enter__(self: _Self) -> _Self:
        if isinstance(self, Exec):
            message = "an Exec has no children, so it opens no `with`"
            raise blame(ConductoValueError, "C108", message, help="use a Serial or a Parallel", node=self.path)
        _block.set(Block(self, _block.get()))
        return self

    def __exit__(
        self, error: Optional[Type[BaseException]], value: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        block = _block.get()
        while block is not None and block.node is not self:
            block = block.outer
        if block is None:
            return
        _block.set(block.outer)
        lost = [node for node in block.loose if node._parent is None]
        if error is None and lost:
            raise ConductoValueError(*(_left_over(node, self) for node in lost))


class Exec(Node):
    """Runs a shell command, once, in a fresh container of its image."""

    __slots__ = ("_command",)

    kind = "exec"

    def __init__(self, command: str, *, name: Optional[str] = None, **own: Any) -> None:
        self._command = attributes.command(command)
        super().__init__(name=name, **own)

    @property
    def command(self) -> str:
        """The script, dedented as docs/semantics.md says."""
        return self._command

    @command.setter
    def command(self, command: str) -> None:
        self._command = attributes.command(command)


class Serial(Node):
    """Runs its children one after the other; after a failure the later ones only with `stop_on_error=False`."""

    __slots__ = ()

    kind = "serial"


class Parallel(Node):
    """Runs its children at once, as far as the target has room; all of them to their end."""

    __slots__ = ()

    kind = "parallel"


_SLOTS = frozenset((*Node.__slots__, *Exec.__slots__))


def _parts(path: Any) -> Tuple[List[str], bool]:
    """The names of a path, and whether it begins at the root."""
    if not isinstance(path, str):
        message = f"a path is a text, not {type(path).__name__}"
        raise blame(ConductoTypeError, "C103", message, source.subscript, help='write it in quotes: `tree["name"]`')
    if path == "" or (path.endswith("/") and path.strip("/")):
        raise _empty_name()
    return [part for part in path.split("/") if part], path.startswith("/")


def _empty_name() -> ConductoError:
    help = "write a name of one character or more, with no `/` after it"
    return blame(ConductoValueError, "C102", "a name cannot be empty", source.subscript, help=help)


def _check_name(name: Any, pick: source.Pick) -> None:
    if not isinstance(name, str):
        message = f"a name is a text, not {type(name).__name__}"
        raise blame(ConductoTypeError, "C103", message, pick, help="write it in quotes")
    if not name:
        raise blame(ConductoValueError, "C102", "a name cannot be empty", pick, help="write a name")
    if "/" in name:
        message = f"the name `{text.shown(name)}` holds a `/`, which separates names in a path"
        raise blame(ConductoValueError, "C104", message, pick, help="use another character")
    complaint = text.complaint(name)
    if complaint:
        message = f"the name `{text.shown(name)[:60]}` {complaint}"
        raise blame(ConductoValueError, "C104", message, pick, help="use another name")


def _here(node: Node) -> str:
    return text.shown(node.path)


def _join(parent: Node, name: str) -> str:
    return f"{parent.path.rstrip('/')}/{name}"


def _left_over(node: Node, block: Node) -> Diagnostic:
    return Diagnostic(
        "C112",
        f"this {type(node).__name__} was made inside a `with`, has no name, and was put nowhere",
        node=block.path,
        location=node._site.location(),
        help="give it `name=...`, or assign it into a node before the `with` ends",
    )
