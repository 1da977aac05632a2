"""The commands of a tree as they are shown: a call by its file's path in the image that counts, as far as that can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Sequence, Tuple

from . import inherit, paths, repository

if TYPE_CHECKING:
    from .nodes import Node


class Commands:
    """Tells the commands of the nodes below `top`, asked for parents before children."""

    def __init__(self, top: "Node") -> None:
        self._top = top
        self._images: Dict[int, Any] = {}
        self._paths: Dict[Tuple[str, int], str] = {}
        self._named: Optional[Mapping[str, Any]] = None

    def of(self, node: "Node") -> Optional[str]:
        """The command of an Exec, None for a group."""
        if node.kind != "exec":
            self._images[id(node)] = self._image(node)
            return None
        command = node._command
        if isinstance(command, str):
            return command
        image = self._image(node)
        key = command.file, id(image)
        if key not in self._paths:
            self._paths[key] = paths.inside(image, command.file) or _from_root(command.file)
        return str(command.command(self._paths[key]))

    def _image(self, node: "Node") -> Any:
        """The image that counts for `node`; None where an `image_name` says nothing clear, which is no matter of printing."""
        own = node._own
        if own.get("image") is not None:
            return own["image"]
        if own.get("image_name") is not None:
            if self._named is None:
                self._named = inherit.named_images(node.root.stream())
            found: Sequence[Any] = self._named.get(own["image_name"], ())
            return found[0] if len(found) == 1 else None
        if node.parent is None:
            return None
        known = self._images.get(id(node.parent), self)
        return known if known is not self else self._above(node)

    def _above(self, node: "Node") -> Any:
        """The image that counts above the top, where the walk has not been."""
        above = node.parent
        while above is not None and above._own.get("image") is None and above._own.get("image_name") is None:
            above = above.parent
        return None if above is None else self._image(above)


def _from_root(file: str) -> str:
    """A file's path from the root of its repository, else its name: the same from every folder."""
    return repository.of(file).relative(file)
