"""The lines of a pipeline -> a tree of nodes, everything of it checked, as it comes from outside."""

from __future__ import annotations

import json
import sys
from typing import IO, Any, Callable, Dict, Iterator, List, Mapping, NoReturn, Optional, Tuple, Type

from .. import attributes as known_attributes
from .. import local_paths
from .. import text as texts
from ..call import Call
from ..diagnostics import ConductoError
from ..env import Value
from ..image import Image
from ..lazy import EXECUTE, GENERATE, Lazy
from ..nodes import Exec, Node, Parallel, Serial
from ..repository import Repository
from ..reuse import ContainerReuseContext
from ..secret import Secret
from . import bounds, marks, shape
from .bounds import Unreadable
from .places import Places
from .restore import restored, restored_exec

_CLASSES: Tuple[Type[Node], ...] = (Exec, Serial, Parallel, Lazy)
_EXEC, _LAZY = 0, 3
_HEAD = ("version", "calls", "paths", "images", "attributes")


def tree(printed: IO[bytes], places: Places, home: Repository) -> Node:
    """The root of the one pipeline in what was printed; `home` is the repository whose files it means.

    Raises Unreadable for anything else, and whatever is wrong with it.
    """
    lines = marks.found(printed)
    reader = _Reader(_head(next(lines, b"")), places, home)
    for line in lines:
        reader.rows(_loaded(line, bounds.LINE), _is_plain(line))
    return reader.finished()


def _is_plain(line: bytes) -> bool:
    """Whether no text in a line of JSON can be one that cannot be carried: so that not each must be looked at."""
    return len(line) <= texts.MAX_BYTES and line.isascii() and b"\0" not in line and b"\\u" not in line


def _loaded(line: bytes, most: int) -> Any:
    if len(line) > most:
        raise Unreadable(f"a line of its pipeline has more than {most:,} bytes")
    try:
        return json.loads(line, parse_constant=_no_number, parse_int=_PARSE_INT)
    except (ValueError, RecursionError) as error:
        raise Unreadable("its pipeline is no JSON") from error


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is Python's, and not JSON's")


def _short_int(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError("too many digits")
    return int(digits)


#: Without a limit of its own, Python takes the square of their number to read digits.
_DIGITS = 4_000
_PARSE_INT = None if hasattr(sys, "get_int_max_str_digits") else _short_int


def _head(line: bytes) -> Mapping[str, Any]:
    if line.count(b"{") + line.count(b"[") > bounds.VALUES:
        raise Unreadable(f"the first line of its pipeline holds more than {bounds.VALUES:,} lists and objects")
    head = _loaded(line, bounds.HEAD)
    if not isinstance(head, dict) or set(head) != set(_HEAD):
        raise Unreadable("the first line of its pipeline is not what it must be")
    if type(head["images"]) is list and len(head["images"]) > bounds.IMAGES:
        raise Unreadable(f"its pipeline has more than {bounds.IMAGES:,} images")
    for part in _HEAD:
        wrong = shape.wrong(head[part], part)
        if wrong is not None:
            raise Unreadable(f"its pipeline is not what it must be: {wrong}")
    return head


def _none(text: str) -> None:
    """What is to be complained of in a text of a plain line."""


class _Reader:
    """The nodes so far."""

    def __init__(self, head: Mapping[str, Any], places: Places, home: Repository) -> None:
        self.shared = _Shared(head, places, home)
        self.nodes: List[Node] = []
        self.depths: Dict[int, int] = {}
        #: Those that have children of any name, with room for a level more, and these children.
        self.groups: Dict[int, Tuple[Node, Dict[str, Node]]] = {}
        self.pairs: List[Node] = []
        self.none: Dict[str, Any] = {}
        self._complaint: Callable[[str], Optional[str]] = texts.complaint

    def rows(self, rows: Any, plain: bool) -> None:
        """Take the nodes of a line; `plain` where the text of none need be looked at."""
        if type(rows) is not list:
            raise Unreadable("a line of its pipeline is no list of nodes")
        if len(self.nodes) + len(rows) > bounds.NODES + 1:
            raise Unreadable(f"its pipeline has more than {bounds.NODES:,} nodes")
        self._complaint = _none if plain else texts.complaint
        for row in self._unusual(rows) if plain and not self.shared.words else rows:
            self._row(row)

    def finished(self) -> Node:
        """The root. Raises Unreadable where nodes are missing."""
        if not self.nodes:
            raise Unreadable("its pipeline has no node")
        for node in self.pairs:
            if [*node._children] != [GENERATE, EXECUTE]:
                raise Unreadable(f"{self._said(node)} is a Lazy and has not its two children")
        root = self.nodes[0]
        if root.kind == "exec":
            raise Unreadable("the root of its pipeline is an Exec, and must be a Serial or a Parallel")
        return root

    def _unusual(self, rows: List[Any]) -> Iterator[Any]:
        """Take those rows at once that are what nearly all are, an Exec with a text for its command and no more, in a group.
        Whatever else is there, right or wrong, is given back for `_row`.
        """
        nodes, groups, none = self.nodes, self.groups, self.none
        for row in rows:
            if type(row) is list and len(row) == 4:
                up, kind, name, command = row
                if type(up) is int and type(kind) is int and type(name) is str and type(command) is str:
                    group, names = groups.get(up, (None, none))
                    if group is not None and kind == _EXEC and name and "/" not in name and name not in names:
                        nodes.append(restored_exec(name, group, names, none, command))
                        continue
            yield row

    def _row(self, row: Any) -> None:
        number = len(self.nodes)
        if type(row) is not list or not 3 <= len(row) <= 5:
            raise Unreadable(f"node {number} of its pipeline is no row")
        up, kind, name = row[:3]
        if type(up) is not int or type(kind) is not int or type(name) is not str or not 0 <= kind <= _LAZY:
            raise Unreadable(f"node {number} of its pipeline is not what a node must be")
        parent = self._parent(number, up, name)
        command, rest = self._command(number, row) if kind == _EXEC else (None, row[3:])
        if len(rest) > 1:
            raise Unreadable(f"node {number} of its pipeline has more than a node has")
        if parent is not None and parent._pair:
            self._in_pair(number, parent, kind, name)
        cls = _CLASSES[kind]
        own = self.shared.own(cls.kind, rest[0], number) if rest else self.none
        depth = 1 if parent is None else self.depths[up] + 1
        if depth > bounds.DEPTH:
            raise Unreadable(f"its pipeline is more than {bounds.DEPTH:,} levels deep")
        node = restored(cls, None if parent is None else name, parent, own, command)
        self.nodes.append(node)
        if kind != _EXEC:
            self._note_group(number, node, depth)

    def _note_group(self, number: int, node: Node, depth: int) -> None:
        self.depths[number] = depth
        if node._pair:
            self.pairs.append(node)
        elif depth < bounds.DEPTH and not (node._parent is not None and node._parent._pair):
            self.groups[number] = node, node._children

    def _parent(self, number: int, up: int, name: str) -> Optional[Node]:
        if number == 0:
            if up != -1 or name:
                raise Unreadable("the first node of its pipeline is no root")
            return None
        if not 0 <= up < number:
            raise Unreadable(f"node {number} of its pipeline has no parent")
        parent = self.nodes[up]
        if type(parent) is Exec or (parent._parent is not None and parent._parent._pair):
            raise Unreadable(f"node {number} of its pipeline stands under {self._said(parent)}, which has no children")
        if not name or "/" in name or len(name) > bounds.NAME or self._complaint(name) or name in parent._children:
            raise Unreadable(f"a node under {self._said(parent)} has a name that it cannot have")
        return parent

    def _in_pair(self, number: int, pair: Node, kind: int, name: str) -> None:
        wanted = (GENERATE, EXECUTE)[len(pair._children)] if len(pair._children) < 2 else None
        if name != wanted or (kind == _EXEC) != (name == GENERATE) or kind == _LAZY:
            raise Unreadable(f"node {number} of its pipeline stands where a Lazy has {wanted or 'no more children'}")

    def _command(self, number: int, row: List[Any]) -> Tuple[Any, List[Any]]:
        command = row[3] if len(row) > 3 else None
        if type(command) is str:
            if self._complaint(command):
                raise Unreadable(f"the command of node {number} of its pipeline {self._complaint(command)}")
            return self.shared.text(command), row[4:]
        if type(command) is not list or not command or any(type(word) is not str for word in command[1:]):
            raise Unreadable(f"node {number} of its pipeline has no command")
        file, function = self.shared.call(command[0], number)
        if self._complaint(" ".join(command[1:])):
            raise Unreadable(f"the arguments of node {number} of its pipeline are not what they may be")
        return Call(file, function, tuple(map(self.shared.text, command[1:]))), row[4:]

    def _said(self, node: Node) -> str:
        return texts.shown(node.path[:200])


class _Shared:
    """What the nodes have in common, checked when the first asks for it."""

    def __init__(self, head: Mapping[str, Any], places: Places, home: Repository) -> None:
        self._head = head
        self._places = places
        self._home = home
        self._own: Dict[Tuple[str, int], Dict[str, Any]] = {}
        self._calls: Dict[int, Tuple[str, str]] = {}
        self._images: Dict[int, Image] = {}
        self.words = {word: local_paths.word(self._path(path)) for word, path in self._paths_of(head)}

    def _paths_of(self, head: Mapping[str, Any]) -> Iterator[Tuple[str, str]]:
        """The words of `co.relpath` there, and the paths that they stand for, as they were told."""
        for word, path in head["paths"].items():
            if not local_paths.is_word(word):
                raise Unreadable(f"its pipeline names {word[:60]!r}, which stands for no path")
            yield word, path

    def text(self, text: str) -> str:
        """A text with the words of this process in the place of those of the one that generated."""
        return local_paths.renamed(text, self.words) if self.words else text

    def own(self, kind: str, at: Any, number: int) -> Dict[str, Any]:
        """The attributes that stand at place `at`, as a node of `kind` keeps them."""
        given = self._at("attributes", at, number)
        if (kind, at) not in self._own:
            with _complaining(f"attributes of node {number} of its pipeline"):
                self._own[kind, at] = self._checked(kind, given)
        return self._own[kind, at]

    def call(self, at: Any, number: int) -> Tuple[str, str]:
        """The file of a function on this machine, and its name."""
        given = self._at("calls", at, number)
        if at not in self._calls:
            if not given[1].isidentifier() or given[1].startswith("_"):
                raise Unreadable(f"node {number} of its pipeline calls no function")
            self._calls[at] = self._path(given[0]), given[1]
        return self._calls[at]

    def _at(self, what: str, at: Any, number: int) -> Any:
        every = self._head[what]
        if type(at) is not int or not 0 <= at < len(every):
            raise Unreadable(f"node {number} of its pipeline names {what} that are not there")
        return every[at]

    def _path(self, path: str) -> str:
        if len(path) > bounds.PATH:
            raise Unreadable(f"a path of its pipeline has more than {bounds.PATH:,} characters")
        if texts.complaint(path):
            raise Unreadable(f"a path of its pipeline {texts.complaint(path)}")
        return self._home.absolute(self._places.relative(path) or ".")

    def _checked(self, kind: str, given: Mapping[str, Any]) -> Dict[str, Any]:
        values = {key: self._value(key, value) for key, value in given.items()}
        images = values.pop("_images", None)
        found = known_attributes.checked(kind, values, {})
        return found if images is None else {**found, "_images": images}

    def _value(self, key: str, value: Any) -> Any:
        if key == "image" and not isinstance(value, str):
            return self._image(value)
        if key == "_images":
            return tuple(self._image(each) for each in value)
        if key == "env":
            return {name: _env_value(each) for name, each in value.items()}
        if key == "container_reuse_context":
            return ContainerReuseContext[value]
        return value

    def _of_clone(self, given: Dict[str, Any]) -> Dict[str, Any]:
        """The arguments of an image, where its code is of the clone that the generating node has: that is cloned again."""
        clone, folder = self._places.clone, given.get("copy_dir", "")
        if clone is None or not folder.startswith("code:"):
            return given
        if folder != "code:" or "exclude" in given:
            raise Unreadable("its pipeline has an image of a part of another repository's code, which is cloned whole")
        rest = {key: value for key, value in given.items() if key != "copy_dir"}
        return {**rest, "copy_url": clone.url, "copy_branch": clone.branch}

    def _image(self, at: Any) -> Image:
        every = self._head["images"]
        if type(at) is not int or not 0 <= at < len(every):
            raise Unreadable("its pipeline names an image that is not there")
        if at not in self._images:
            given = self._of_clone(dict(every[at]))
            for key in ("dockerfile", "context", "copy_dir"):
                if key in given:
                    given[key] = self._path(given[key])
            if "path_map" in given:
                given["path_map"] = {self._path(outer): inner for outer, inner in given["path_map"].items()}
            if any(pattern.count("*") > bounds.STARS for pattern in given.get("exclude", ())):
                raise Unreadable(f"a pattern of its pipeline has more than {bounds.STARS} stars")
            self._images[at] = Image(**given)
        return self._images[at]


def _env_value(value: Any) -> Value:
    return Secret(value["secret"]) if isinstance(value, dict) else value


class _complaining:
    """What a check of ours raises is told as the pipeline's."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, ConductoError):
            raise Unreadable(f"{self._what}: {error.diagnostics[0].message}") from error
        if isinstance(error, (TypeError, KeyError, AttributeError, RecursionError, OverflowError, OSError)):
            raise Unreadable(f"{self._what} are not what they may be") from error
