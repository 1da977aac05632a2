"""The commands of a tree as they are shown: a call by its file's path in the image that counts, as far as that can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple

from . import inherit, local_paths, paths, repository

if TYPE_CHECKING:
    from .nodes import Node


class Commands:
    """Tells the commands of the nodes below `top`, asked for parents before children."""

    def __init__(self, top: "Node") -> None:
        self._top = top
        self._images: Dict[int, Any] = {}
        self._paths: Dict[Tuple[str, int], Optional[str]] = {}
        self._named: Optional[Mapping[str, Any]] = None

    def of(self, node: "Node") -> Optional[str]:
        """The command of an Exec, None for a group."""
        if node.kind != "exec":
            self._images[id(node)] = self._image(node)
            return None
        command = node._command
        if isinstance(command, str) and not local_paths.words(command):
            return command
        image = self._image(node)

        def path(file: str) -> str:
            return self._path(image, file) or from_root(file)

        if not isinstance(command, str):
            return str(command.command(path))
        try:
            return local_paths.script(command, path)
        except local_paths.Unsure:
            return local_paths.replaced(command, path)

    def missing(self, node: "Node") -> List[Tuple[str, Any]]:
        """The local files that the command of an Exec names and its image does not have, each with that image."""
        command = node._command
        files = local_paths.files(command) if isinstance(command, str) else command.files
        image = self._image(node) if files else None
        return [(file, image) for file in dict.fromkeys(files) if self._path(image, file) is None]

    def _path(self, image: Any, file: str) -> Optional[str]:
        key = file, id(image)
        if key not in self._paths:
            self._paths[key] = paths.inside(image, file)
        return self._paths[key]

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


def from_root(file: str) -> str:
    """A file's path from the root of its repository, else its name: the same from every folder."""
    return repository.of(file).relative(file)
