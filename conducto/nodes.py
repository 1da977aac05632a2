"""The tree as a user builds it: Exec, Serial and Parallel (docs/semantics.md, "Building the tree")."""

from __future__ import annotations

from types import MappingProxyType, TracebackType
from typing import Any, Callable, Dict, Iterator, List, Mapping, NoReturn, Optional, Tuple, Type, TypeVar, Union

from . import binding, checks, local_paths, source, text
from .attributed import Attributed, slot
from .blame import blame, exact, said
from .block import Block, innermost
from .call import Call
from .commands import Commands
from .diagnostics import (
    ConductoError,
    ConductoKeyError,
    ConductoTypeError,
    ConductoValueError,
    Diagnostic,
    did_you_mean,
)
from .launchable import Launchable
from .older import Older, OlderExec
from .params import merged

_Self = TypeVar("_Self", bound="Node")

#: What a constructor was not given at all.
_NONE: Any = object()


class Node(Attributed, Launchable, Older):
    """What Exec, Serial and Parallel have in common: a place in a tree, and attributes.

    Attributes (see docs/semantics.md for the meaning): `image` (a co.Image or a name) or `image_name`, `env` dict of str and
    co.Secret, `cpu`, `mem` in GB, `gpu`, `requires_docker`, `docker_run_args`, `container_reuse_context`, `skip`,
    `suppress_errors`, `max_time` in seconds or a text such as "5m", `retries`, `options`, `doc`, `title`, `tags`; of a group
    `max_concurrent`; of a Serial `stop_on_error`. `name=` is for use inside `with`. Setting a value checks it and raises
    ConductoTypeError or ConductoValueError (subclasses of TypeError and ValueError) at the user's line.
    """

    __slots__ = ("_name", "_parent", "_site", "_top")

    _children: Dict[str, "Node"]
    _name: Optional[str]
    _parent: Optional["Node"]
    _site: source.Site
    _top: "Node"

    #: Whether it is a Lazy, whose children are two, the second without children until the pipeline runs.
    _pair = False

    def __init__(self, *unwanted: NoReturn, name: Optional[str] = None, **own: Any) -> None:
        if self.kind == Node.kind:
            message = f"a {type(self).__name__} cannot be made by itself"
            raise blame(ConductoTypeError, "C109", message, help="make an Exec, a Serial or a Parallel")
        if unwanted:
            raise self._by_position(unwanted[0], name)
        self._start(name, own)

    def _start(self, name: Optional[str], own: Mapping[str, Any]) -> None:
        """Be a node of its own, with these attributes; in a `with`, of its node."""
        set_site(self, source.user_site())
        set_name(self, None)
        set_parent(self, None)
        set_top(self, self)
        if self.kind != "exec":
            set_children(self, {})
        try:
            self._begin(own)
        except ConductoError as error:
            raise error.at(self._future_path(name)) from None
        block = innermost.get()
        if name is not None or block is not None:
            self._join_block(name, block)

    def _by_position(self, value: object, name: Optional[str]) -> ConductoError:
        """`value` was given to a group without a name."""
        help = "assign a child (`node[name] = child`), and whatever else it takes by its name, such as `cpu=1`"
        if isinstance(value, str) and name is None and innermost.get() is not None:
            help = f"write `name={said(value)}`"
        message = f"{self.kind.capitalize()} takes nothing by position, and is given {said(value)}"
        return blame(ConductoTypeError, "C150", message, source.positional(0), help=help, node=self._future_path(name))

    def _future_path(self, name: Any) -> str:
        """Where this node, still being made, will stand as far as that is known: for errors."""
        block = innermost.get()
        if block is None or not isinstance(name, str) or not name:
            return f"(new {self.kind.capitalize()})"
        return _join(block.node, name)

    def _join_block(self, name: Optional[str], block: Optional[Block]) -> None:
        if name is None:
            if block is not None:
                block.loose.append(self)
            return
        pick = source.argument("name")
        if block is None:
            message = f"`name={said(name)}` outside any `with`"
            help = "assign instead: `parent[name] = node`"
            raise blame(ConductoValueError, "C113", message, pick, help=help, node=self._future_path(name))
        block.node._adopt(name, self, pick, source.keyword("name"))

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
            set_top(node, node._top._top)
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

    # --- building -------------------------------------------------------------------------------------------------------

    def __setitem__(self, path: str, node: "Node") -> None:
        """Put `node` at `path` ("a", "a/b", "/a" from the root); every part but the last must be there already."""
        parts, absolute = self._parts(path)
        if not parts:
            raise self._empty_name()
        parent = self._walk(path, parts[:-1], absolute)
        parent._adopt(parts[-1], node, source.SUBSCRIPT, source.ASSIGNED, direct=parent is self)

    def __getitem__(self, path: str) -> "Node":
        """The node at `path`; ConductoKeyError (a KeyError) where there is none."""
        parts, absolute = self._parts(path)
        return self._walk(path, parts, absolute)

    def __contains__(self, path: str) -> bool:
        """Whether `path` names a node."""
        parts, absolute = self._parts(path)
        node: Optional[Node] = self.root if absolute else self
        for part in parts:
            node = node._children.get(part) if node is not None else None
        return node is not None

    __iter__ = None  # a tree is no sequence: without this, __getitem__ would make it one

    def _parts(self, path: Any) -> Tuple[List[str], bool]:
        """The names of a path, and whether it begins at the root."""
        if not isinstance(path, str):
            raise self._no_text(path, source.SUBSCRIPT)
        if path == "" or (path.endswith("/") and path.strip("/")):
            raise self._empty_name()
        return [part for part in path.split("/") if part], path.startswith("/")

    def _no_text(self, name: Any, pick: source.Pick) -> ConductoError:
        message = f"a name is a text, and this is {said(name)}"
        return blame(ConductoTypeError, "C103", message, pick, help="give a text: `str(...)` makes one", node=self.path)

    def _empty_name(self, pick: source.Pick = source.SUBSCRIPT) -> ConductoError:
        help = "write a name of one character or more, with no `/` after it"
        return blame(ConductoValueError, "C102", "a name cannot be empty", pick, help=help, node=self.path)

    def _walk(self, path: str, parts: List[str], absolute: bool) -> "Node":
        node = self.root if absolute else self
        for part in parts:
            child = node._children.get(part)
            if child is None:
                raise node._missing(part, path)
            node = child
        return node

    def _missing(self, part: str, path: str) -> ConductoError:
        where = _join(self, part)
        message = f"there is no node {text.shown(where)}"
        if part != path.split("/")[-1]:
            message += f", which the path `{text.shown(path)}` leads through"
        help = did_you_mean(part, self._children) or f"assign {text.shown(where)} first"
        return blame(ConductoKeyError, "C105", message, source.SUBSCRIPT, help=help, node=where)

    def _adopt(
        self, name: str, node: "Node", name_pick: source.Pick, node_pick: source.Pick, direct: bool = False
    ) -> None:
        """Make `node` the last child of this one, or raise and change nothing; `direct`: of `x[name] = node` this is `x`."""
        self._check_name(name, name_pick)
        if not isinstance(node, Node):
            message = f"`{text.shown(name)}` is given {said(node)}, which is no node"
            help = "assign an Exec, a Serial or a Parallel"
            raise blame(ConductoTypeError, "C109", message, node_pick, help=help, node=_join(self, name))
        if isinstance(self, Exec):
            help = "put both under a Serial or a Parallel"
            message = f"{_here(self)} is an Exec, and an Exec has no children"
            pick = source.CONTAINER if direct else name_pick
            raise blame(ConductoValueError, "C108", message, pick, help=help, node=self.path)
        pair = self if self._pair else self._parent
        if pair is not None and pair._pair and len(pair._children) == 2:
            raise _in_pair(self, pair, name, name_pick)
        if name in self._children:
            message = f"{_here(self)} already has a child `{text.shown(name)}`"
            there = (_made(self._children[name]),)
            help = "use another name"
            raise blame(ConductoValueError, "C101", message, name_pick, help, _join(self, name), there)
        if node._parent is not None:
            message = f"this node already stands at {_here(node)}"
            help = "make a new node for each place: a function that returns one serves well"
            raise blame(ConductoValueError, "C106", message, node_pick, help, _join(self, name), (_made(node),))
        if node is self or (node._children and self.root is node):
            message = f"{_here(self)} would become its own ancestor"
            help = "assign the upper node a child, not the other way round"
            raise blame(ConductoValueError, "C107", message, node_pick, help=help, node=self.path)
        name = exact(name)
        set_name(node, name)
        set_parent(node, self)
        set_top(node, self)
        self._children[name] = node

    def _check_name(self, name: Any, pick: source.Pick) -> None:
        if not isinstance(name, str):
            raise self._no_text(name, pick)
        if not name:
            raise self._empty_name(pick)
        complaint = text.complaint(name)
        if "/" in name:
            complaint = "holds a `/`, which separates names in a path"
        if complaint:
            message = f"the name `{_short(name)}` {complaint}"
            raise blame(ConductoValueError, "C104", message, pick, help="use another name", node=self.path)
        if local_paths.LEAD in name:
            local_paths.refuse("this name", name, pick)

    def __enter__(self: _Self) -> _Self:
        if isinstance(self, Exec):
            message = "an Exec has no children, so it opens no `with`"
            help = "use a Serial or a Parallel"
            raise blame(ConductoValueError, "C108", message, source.ENTERED, help=help, node=self.path)
        innermost.set(Block(self, innermost.get()))
        return self

    def __exit__(
        self, error: Optional[Type[BaseException]], value: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        block = innermost.get()
        while block is not None and block.node is not self:
            block = block.outer
        if block is None:
            return
        innermost.set(block.outer)
        lost = [node for node in block.loose if node._parent is None]
        if error is None and lost:
            raise ConductoValueError(*(_left_over(node, self) for node in lost))


class Exec(Node, OlderExec):
    """Runs a shell command, once, in a fresh container of its image: a text, or a Python function with its arguments.

    `Exec("text", cpu=2)`, `Exec(function, 1, n=2)`: the arguments of a function (which is public, and stands at the top of a
    file) become those of `conducto FILE FUNCTION --a=1 --n=2`. Attributes of the node stand beside a text; beside a function
    they are given by `params=co.Params(cpu=2)`, or assigned afterwards. `name` and `params` are the function's own where it
    has parameters called so. Raises ConductoTypeError or ConductoValueError, C114 and C115 for the command, C140-C147 for a
    function or its arguments.
    """

    __slots__ = ("_command",)

    _command: Union[str, Call]

    #: Of every Exec, and never written to.
    _children: Dict[str, Node] = {}

    kind = "exec"

    def __init__(self, command: Union[str, Callable[..., Any]] = _NONE, /, *values: Any, **named: Any) -> None:
        own = named
        try:
            if command is _NONE:
                command = own.pop("command", None)
            if callable(command):
                call, own = binding.bound(command, values, named)
                set_command(self, call)
            elif values:
                raise binding.more_than_a_command(values)
            else:
                set_command(self, checks.command(command))
            name = own.pop("name", None) if own else None
            params = own.pop("params", None) if own else None
            if params is not None:
                name, own = merged(params, name, own)
        except ConductoError as error:
            raise error.at(self._future_path(binding.name_of_node(command, named))) from None
        self._start(name, own)

    @property
    def command(self) -> str:
        """The script, dedented as docs/semantics.md says; of a function the command that calls it, as it is printed."""
        return Commands(self).of(self) or ""

    @command.setter
    def command(self, command: str) -> None:
        self.set(command=command)

    def set(self, /, **own: Any) -> None:
        """Set several attributes, the command too; where one is refused, none is set. Raises as setting each would."""
        try:
            command = checks.command(own.pop("command")) if "command" in own else self._command
        except ConductoError as error:
            raise error.at(self.path) from None
        super().set(**own)
        self._command = command


class Group(Node):
    """What Serial and Parallel have in common: children."""

    __slots__ = ("_children",)


class Serial(Group):
    """Runs its children one after the other; after a failure the later ones only with `stop_on_error=False`."""

    __slots__ = ()

    kind = "serial"


class Parallel(Group):
    """Runs its children at once, as far as the target has room; all of them to their end."""

    __slots__ = ()

    kind = "parallel"


set_site, set_name = slot(Node, "_site"), slot(Node, "_name")
set_parent, set_top = slot(Node, "_parent"), slot(Node, "_top")
set_command, set_children = slot(Exec, "_command"), slot(Group, "_children")


def _short(name: str) -> str:
    return text.shown(name[:60]) + ("..." if len(name) > 60 else "")


def _here(node: Node) -> str:
    return text.shown(node.path)


def _made(node: Node) -> str:
    place = node._site.location()
    return f"the one at {_here(node)} was made at {place.file}:{place.line}"


def _in_pair(parent: Node, pair: Node, name: str, pick: source.Pick) -> ConductoError:
    message = f"{_here(pair)} is a Lazy: what stands under it is made while the pipeline runs"
    help = "let what it generates have the node, or put it beside the Lazy"
    return blame(ConductoValueError, "C153", message, pick, help=help, node=_join(parent, name))


def _join(parent: Node, name: str) -> str:
    return f"{parent.path.rstrip('/')}/{name}"


def _left_over(node: Node, block: Node) -> Diagnostic:
    message = f"this {type(node).__name__} was made inside a `with`, has no name, and was put nowhere"
    help = "give it `name=...`, or assign it into a node before the `with` ends"
    return Diagnostic("C112", message, node=block.path, location=node._site.location(), help=help)
