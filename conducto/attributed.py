"""What a node keeps besides its place in the tree: the attributes that it was given, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional

from . import attributes, inherit, plain, source
from .attributes import OF_KIND
from .blame import blame, wrong_type
from .diagnostics import ConductoError, ConductoKeyError, ConductoValueError, did_you_mean
from .env import Env
from .events import Events
from .image import Image
from .reuse import SameContainer

if TYPE_CHECKING:
    from .nodes import Node

#: Of every node that was given nothing: never written to.
_NOTHING: Dict[str, Any] = {}


def slot(cls: type, name: str) -> Callable[[Any, Any], None]:
    """What sets a slot of a node at once: `__setattr__` is for users, and was half of what making a node cost."""
    setter: Callable[[Any, Any], None] = cls.__dict__[name].__set__
    return setter


class Attributed(Events):
    """The attributes of a node, each checked when it is set.

    `_own` holds what was set by its name, callbacks that do nothing as "_callbacks", registered Images as "_images".
    """

    __slots__ = ("_own",)

    kind = "node"

    if TYPE_CHECKING:  # what the node has besides
        _own: Dict[str, Any]

        @property
        def parent(self) -> Optional["Node"]: ...

        @property
        def path(self) -> str: ...

    def _begin(self, own: Mapping[str, Any]) -> None:
        """Keep what the constructor was given."""
        set_own(self, _NOTHING)
        if own:
            self._keep(attributes.checked(self.kind, own, {}))

    def _keep(self, checked: Mapping[str, Any]) -> None:
        if self._own is _NOTHING:
            set_own(self, {})
        self._own.update(checked)
        if "env" in checked:
            checked["env"].owner = self

    def _note(self, key: str, value: Any) -> None:
        self._keep({key: (*self._own.get(key, ()), value)})

    def __getattr__(self, name: str) -> Any:
        known = OF_KIND[self.kind].get(name) if self.kind in OF_KIND else None
        if known is None:
            self._complain_of_gone(name)
            raise AttributeError(f"{type(self).__name__} has no attribute `{name}`")
        if name == "env" and "env" not in self._own:
            self._keep({"env": Env({})})
        value = self._own.get(known.spells or name)
        if name == "same_container":
            return SameContainer(value and value.value)
        value = known.default if value is None else value
        return plain.frozen(value) if name == "options" else value

    def _complain_of_gone(self, name: str) -> None:
        from . import gone

        if name in gone.NODES:
            raise gone.error(f"node.{name}", gone.NODES[name], node=self.path)

    def __setattr__(self, name: str, value: Any) -> None:
        if name[:1] == "_" or (name == "command" and self.kind == "exec"):
            object.__setattr__(self, name, value)
        else:
            self._set({name: value})

    def set(self, /, **own: Any) -> None:
        """Set several attributes; where one is refused, none is set. Raises as setting each would."""
        self._set(own)

    def _set(self, own: Mapping[str, Any]) -> None:
        try:
            self._keep(attributes.checked(self.kind, own, self._own, by_assignment=True))
        except ConductoError as error:
            raise error.at(self.path) from None

    def get_inherited_attribute(self, name: str) -> Any:
        """The value of attribute `name` that counts here: the nearest, env and options merged, its own where it is not handed
        down; the default where there is none. Raises ConductoKeyError for what is no attribute (C111), or for an
        `image_name` that names no Image, or two (C220, C221).
        """
        if name not in OF_KIND[self.kind]:
            message = f"{self.kind.capitalize()} has no attribute {name!r}"
            help = did_you_mean(str(name), OF_KIND[self.kind]) or f"it has {', '.join(OF_KIND[self.kind])}"
            pick = source.argument("name", 0)
            raise blame(ConductoKeyError, "C111", message, pick, help=help, node=self.path)
        return inherit.value(self, name)  # type: ignore[arg-type]

    def register_image(self, image: Image) -> None:
        """Hold an Image ready for every node of the tree that names it by `image_name`.

        Raises ConductoTypeError (C110) for what is no co.Image, ConductoValueError (C122) for one without a name.
        """
        pick = source.argument("image", 0)
        if not isinstance(image, Image):
            raise wrong_type("image", image, "a co.Image", pick).at(self.path)
        if image.name is None:
            help = "give it one: `co.Image(..., name=...)`"
            message = "this Image has no name, by which an `image_name` could mean it"
            raise blame(ConductoValueError, "C122", message, pick, help=help, node=self.path)
        self._note("_images", image)


set_own = slot(Attributed, "_own")
