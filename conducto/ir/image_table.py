"""The images of one tree: each co.Image, or name of an image, as data that is made once."""

from __future__ import annotations

from typing import Dict, Iterable, List, Mapping, Optional, Tuple, Union

from .. import inherit
from ..diagnostics import ConductoError
from ..image import Image
from ..nodes import Node
from ..repository import Repository
from . import resolve_image
from .images import ImageSpec

Found = Tuple[Optional[ImageSpec], bool]
#: Found: what is handed down from above a generated tree.
Given = Union[Image, str, Found, None]

#: The arguments of an Image that name its base.
_BASES = ("image", "dockerfile", "dockerfile_text")


class ImageTable:
    """What Images become, equal ones the same object; `named` are those that nodes use or hold ready, by name, `above` those
    of the tree that a generated one is in.
    """

    def __init__(self, nodes: Iterable[Node], default_image: str, home: Repository, above: Mapping[str, Found]) -> None:
        self.named: Mapping[str, List[Image]] = inherit.named_images(nodes)
        self.above = above
        self.default_image = default_image
        self.home = home
        self._specs: Dict[ImageSpec, ImageSpec] = {}
        self._found: Dict[Given, Found] = {}

    def spec(self, image: Given) -> Found:
        """The image of an Exec for which `image` counts (None for the default one), None for no container; and whether the
        author chose it: an Image that names no base and installs nothing counts as the default one.

        Raises ConductoError as resolve_image.spec does, for each Image once.
        """
        if image not in self._found:
            self._found[image] = None, False
            self._found[image] = self._made(image)
        return self._found[image]

    def table(self) -> Mapping[str, Found]:
        """The images that can be told by name, each that can be made."""
        found = dict(self.above)
        for name, images in self.named.items():
            if len(images) == 1:
                try:
                    found[name] = self.spec(images[0])
                except ConductoError:  # said at the node that has it, if one has
                    continue
        return found

    def _made(self, image: Given) -> Found:
        if isinstance(image, tuple):
            return image
        if image is None:
            return (self._one(ImageSpec(self.default_image)) if self.default_image else None), False
        spec = self._one(resolve_image.spec(image, self.home, self.default_image))
        named = isinstance(image, str) or any(getattr(image.definition, name) is not None for name in _BASES)
        return spec, named or spec.installs

    def _one(self, spec: ImageSpec) -> ImageSpec:
        return self._specs.setdefault(spec, spec)
