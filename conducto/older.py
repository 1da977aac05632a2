"""What a node is asked for besides: methods that older files call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional

from . import repository
from .commands import Commands
from .diagnostics import ConductoError, Diagnostic
from .image import Image
from .source import shown_path

if TYPE_CHECKING:
    from .nodes import Node

#: What `user_set` holds: what is handed down, but for env and options.
_HANDED_DOWN = ("cpu", "mem", "gpu", "requires_docker", "docker_run_args", "skip", "image_name")


class Older:
    """Of any node."""

    __slots__ = ()

    def pretty(self, strict: bool = False) -> str:
        """The printed tree, without colour and without a last newline.

        With `strict`, raises ConductoError (C203) as check_images does.
        """
        from .pretty import node_text

        if strict:
            self.check_images()
        return node_text(_node(self))

    def check_images(self) -> None:
        """Raise ConductoError (C203) where a command names a local file of which the node's image does not say where it is."""
        _raise_missing(_node(self), list(_node(self).stream()))

    def describe(self) -> Dict[str, Any]:
        """What the node is and was given: "type", "file" and "line" where it was made, "command" of an Exec, and its own
        attributes by their names, `env` a plain dict.
        """
        node = _node(self)
        place = node._site.location()
        found: Dict[str, Any] = {"type": node.kind.capitalize(), "file": place.file, "line": place.line}
        if node.kind == "exec":
            found["command"] = Commands(node).of(node)
        own = {key: getattr(node, key) for key, value in node._own.items() if key[0] != "_" and value is not None}
        return {**found, **own, **({"env": dict(own["env"])} if "env" in own else {})}

    @property
    def user_set(self) -> Mapping[str, Any]:
        """What the node itself was given of what is handed down; None for what it was not."""
        return {name: _node(self)._own.get(name) for name in _HANDED_DOWN}

    def serialize(self, pretty: bool = False) -> str:
        """The tree below as the text by which a Generate node hands it on, marker lines included; `pretty`: never compressed.

        No path of this machine stands in it: see conducto/wire.
        """
        from .wire import marks, write

        lines = write.lines(_node(self))
        return marks.framed(lines, always_plain=True) if pretty else marks.framed(lines)

    @staticmethod
    def deserialize(string: str) -> "Node":
        """The tree of a text that `serialize` made, its files those of the repository that the current folder lies in.

        Raises ValueError for another text.
        """
        import io
        import os

        from .wire import places, read

        home = repository.of(os.path.join(os.getcwd(), "x"))
        return read.tree(io.BytesIO(string.encode()), places.Places(None), home)

    @staticmethod
    def force_debug_info(val: bool) -> None:
        """That every node knows the line that made it was a matter of choice; it always does."""

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """The tree, in IPython."""
        printer.text(self.pretty())


class OlderExec(Older):
    """Of an Exec."""

    __slots__ = ()

    def expanded_command(self, strict: bool = True) -> str:
        """`command`; with `strict`, raises ConductoError (C203) where it names a local file that the image does not have."""
        node = _node(self)
        if strict:
            _raise_missing(node, [node])
        return Commands(node).of(node) or ""


def _node(self: Any) -> "Node":
    """What of a node this module's classes are."""
    return self  # type: ignore[no-any-return]


def _raise_missing(top: "Node", nodes: List["Node"]) -> None:
    commands = Commands(top)
    wrong = []
    for node in nodes:
        commands.of(node)
        if node.kind == "exec":
            wrong += [_missing(node, file, image) for file, image in commands.missing(node)]
    if wrong:
        raise ConductoError(*wrong)


def _missing(node: "Node", file: str, image: Any) -> Diagnostic:
    from . import misplaced

    name = repository.of(file).relative(file)
    holds = "there is no image" if image is None else "it is known by its name alone"
    shown: Optional[str] = image if isinstance(image, str) else None
    if isinstance(image, Image):
        held = [path for path, _ in image.layout.paths] + [image.layout.folder or image.copy_url]
        held = [shown_path(path) for path in held if path]
        holds = f"it has {' and '.join(held)}" if held else "it carries no code of this machine"
        shown = image.definition.image or "made here" if held or image.definition != Image().definition else None
    wrong = misplaced.wrong("this command", name, shown, holds, 'copy_dir="."')
    return Diagnostic("C203", wrong.message, node.path, node._site.location(), (wrong.note,), wrong.help)
