"""What a generated tree may have: no more than the person who wrote the pipeline has given to what is around it."""

from __future__ import annotations

from typing import Iterable, Iterator, Optional, Set

from ..text import shown
from .above import Above
from .images import ImageSpec
from .tree import Granted, Row, Tree

_MOST_SHOWN = 60


def unwanted(above: Above, tree: Tree) -> Iterator[str]:
    """What the generated rows of `tree` have and may only have where the Lazy or a node above it has it, or names it.

    The group that a Lazy among them is has what is handed down there, and what is named above it: what is generated in its
    turn would take it from that.
    """
    given, granted, first = above.rows[-1], above.granted, len(above.rows)
    args, secrets = set(granted.run_args), set(granted.secrets)
    images = _Images(above)
    for number, row in enumerate(tree.rows[first:], first):
        if row.kind != "exec" and not row.lazy:
            continue
        name = shown(row.name[:_MOST_SHOWN])
        asked = _asked(row, tree.granted.get(number, Granted()))
        if asked.docker and not granted.docker:
            yield f"{name} requires docker, and nothing above it does"
        if not args.issuperset(asked.run_args):
            yield f"{name} has docker_run_args, and nothing above it has these"
        for secret in asked.secrets:
            if secret not in secrets:
                yield f"{name} has the Secret {secret[:_MOST_SHOWN]}, which nothing above it names"
        if _is_confined(given.image) and not _is_confined(row.image):
            yield f"{name} has no container, and what is above it has one"
        for complaint in images.complaints(row.image):
            yield f"{name} has an image {complaint}"
    for named, (image, _) in tree.images.items():
        for complaint in images.complaints(image):
            yield f"the Image {shown(named[:_MOST_SHOWN])} is one {complaint}"


def _asked(row: Row, named: Granted) -> Granted:
    """What a row has, and what what it generates may have."""
    args = (row.docker_run_args,) if row.docker_run_args else ()
    secrets = (*row.secrets.values(), *named.secrets)
    return Granted(secrets, row.requires_docker or named.docker, (*args, *named.run_args))


def _is_confined(image: Optional[ImageSpec]) -> bool:
    return image is not None and image.is_container


class _Images:
    """The images of the tree around: those that are named, and of the node that generates."""

    def __init__(self, above: Above) -> None:
        self._named = {image for image, _ in above.images.values()} | {above.rows[-1].image, above.generate}
        self._builds = any(image is not None and image.built for image in self._named)
        self._clones = set(_urls(self._named))
        self._fine: Set[Optional[ImageSpec]] = set(self._named)

    def complaints(self, image: Optional[ImageSpec]) -> Iterator[str]:
        """What only an author may have. Git fetches with the keys of who runs it, and of paths of this machine too."""
        if image is None or image in self._fine:
            return
        if image.built and not self._builds:
            yield "that must be built, and nothing above it has one"
        elif not self._clones.issuperset(_urls([image])):
            yield "with the code of a repository that nothing above it names"
        else:
            self._fine.add(image)


def _urls(images: Iterable[Optional[ImageSpec]]) -> Iterator[str]:
    return (image.code.url for image in images if image is not None and image.code is not None and image.code.url)
