"""A tree of nodes -> the lines of a pipeline: no secret's value, no path of the machine that generates."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Tuple

from .. import local_paths
from ..call import Call
from ..image import Image
from ..image_checks import Definition
from ..nodes import Node
from ..secret import Secret
from . import bounds, marks
from .places import told

#: What a row has for its kind.
KINDS = ("exec", "serial", "parallel", "lazy")
#: So many characters of rows stand in one line.
_MOST = 60_000


def text(root: Node) -> str:
    """What a Generate node prints of the tree below `root`: the marker lines, and between them the pipeline."""
    return marks.framed(lines(root))


def lines(root: Node) -> List[str]:
    """A pipeline's lines: first what its nodes have in common, then the nodes."""
    writer = _Writer()
    rows = writer.rows(root)
    head = {
        "version": bounds.VERSION,
        "calls": writer.calls,
        "paths": writer.paths,
        "images": writer.images,
        "attributes": writer.attributes,
    }
    return [_json(head), *rows]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


class _Writer:
    """What nodes have in common, each once."""

    def __init__(self) -> None:
        self.calls: List[Tuple[str, str]] = []
        self.paths: Dict[str, str] = {}
        self.images: List[Dict[str, Any]] = []
        self.attributes: List[Dict[str, Any]] = []
        self._known: Dict[Any, int] = {}
        self._told: Dict[str, str] = {}

    def rows(self, root: Node) -> List[str]:
        numbers: Dict[int, int] = {}
        found: List[str] = []
        line: List[str] = []
        size = 0
        for number, node in enumerate(root.stream()):
            numbers[id(node)] = number
            row = _json(self._row(node, -1 if number == 0 else numbers[id(node.parent)]))
            if line and size + len(row) > _MOST:
                found.append(f"[{','.join(line)}]")
                line, size = [], 0
            line.append(row)
            size += len(row) + 1
        return [*found, f"[{','.join(line)}]"]

    def _row(self, node: Node, parent: int) -> List[Any]:
        kind = "lazy" if node._pair else node.kind
        row: List[Any] = [parent, KINDS.index(kind), "" if parent < 0 else node.name]
        if kind == "exec":
            row.append(self._command(node._command))
        own = self._own(node)
        return row if own is None else [*row, own]

    def _command(self, command: Any) -> Any:
        given = (command,) if not isinstance(command, Call) else command.words
        for text in given:
            for word, file in zip(local_paths.words(text), local_paths.files(text)):
                self.paths[word] = self._path(file)
        if not isinstance(command, Call):
            return command
        return [self._once(self.calls, (self._path(command.file), command.function)), *command.words]

    def _own(self, node: Node) -> Optional[int]:
        own = {
            key: self._value(key, value)
            for key, value in node._own.items()
            if value is not None and key != "_callbacks"
        }
        own = {key: value for key, value in own.items() if value not in ({}, None)}
        return self._once(self.attributes, own) if own else None

    def _value(self, key: str, value: Any) -> Any:
        if key == "image":
            return value if isinstance(value, str) else self._image(value)
        if key == "_images":
            return [self._image(image) for image in value]
        if key == "env":
            return {name: {"secret": each.name} if isinstance(each, Secret) else each for name, each in value.items()}
        if key == "container_reuse_context":
            return value.name
        return list(value) if isinstance(value, tuple) else value

    def _image(self, image: Image) -> int:
        usual = Definition()._asdict()
        given = {key: value for key, value in image.definition._asdict().items() if value != usual[key]}
        for key in ("dockerfile", "context", "copy_dir"):
            if key in given:
                given[key] = self._path(given[key])
        if "path_map" in given:
            given["path_map"] = {self._path(outer): inner for outer, inner in given["path_map"]}
        if "docker_build_args" in given:
            given["docker_build_args"] = dict(given["docker_build_args"])
        if image.name is not None:
            given["name"] = image.name
        return self._once(self.images, {key: list(v) if isinstance(v, tuple) else v for key, v in given.items()})

    def _path(self, path: str) -> str:
        if path not in self._told:
            self._told[path] = told(path)
        return self._told[path]

    def _once(self, known: List[Any], value: Any) -> int:
        key = id(known), _json(value)
        if key not in self._known:
            self._known[key] = len(known)
            known.append(value)
        return self._known[key]
