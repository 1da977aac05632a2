"""What counts for a node of all that it and the nodes above it were given."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from . import plain
from .attributes import ATTRIBUTES
from .blame import blame, said
from .diagnostics import ConductoKeyError, did_you_mean
from .image import Image
from .reuse import SameContainer

if TYPE_CHECKING:
    from .nodes import Node

Options = Dict[str, Dict[str, Any]]


def value(node: "Node", name: str) -> Any:
    """The value of attribute `name` that counts for `node`: its own where it is not handed down."""
    attribute = ATTRIBUTES[name]
    if attribute.inherited == "no":
        return getattr(node, name)
    if name == "env":
        return {key: found for own in reversed(list(_given(node, name))) for key, found in own.items()}
    if name == "options":
        return plain.frozen(_all_options(node))
    if name == "image":
        return _image(node)
    if name == "image_name":
        return next((own.get(name) for own in _choices(node)), None)
    found = next(_given(node, attribute.spells or name), attribute.default)
    return SameContainer(found and found.value) if name == "same_container" else found


def _given(node: Optional["Node"], name: str) -> Iterator[Any]:
    """The values that count, from `node` upwards."""
    while node is not None:
        found = node._own.get(name)
        if found is not None:
            yield found
        node = node.parent


def _choices(node: Optional["Node"]) -> Iterator[Mapping[str, Any]]:
    """What each node from `node` upwards that chooses an image was given."""
    while node is not None:
        if node._own.get("image") is not None or node._own.get("image_name") is not None:
            yield node._own
        node = node.parent


def _image(node: "Node") -> Any:
    """The image that counts for `node`; raises ConductoKeyError (C220, C221) for a name that names none, or two."""
    own = next(_choices(node), {})
    if own.get("image_name") is None:
        return own.get("image")
    name = own["image_name"]
    known = named_images(node.root.stream())
    if len(known.get(name, ())) == 1:
        return known[name][0]
    found = no_image(name, known)
    raise blame(ConductoKeyError, found.code, found.message, help=found.help, node=node.path, notes=found.notes)


def _all_options(node: "Node") -> Options:
    found: Options = {}
    for own in reversed(list(_given(node, "options"))):
        found = merged_options(found, own)
    return found


def merged_options(above: Options, own: Options) -> Options:
    """`own` over `above`: a target's table merged by key, the own values winning; what is not changed is shared."""
    if not own or not above:
        return own or above
    return {**above, **{target: {**above.get(target, {}), **table} for target, table in own.items()}}


def named_images(nodes: Iterable["Node"]) -> Mapping[str, List[Image]]:
    """The Images that `nodes` use or hold ready, by their names, each once: those under one name differ."""
    found: Dict[str, List[Image]] = {}
    for node in nodes:
        for image in (node._own.get("image"), *node._own.get("_images", ())):
            if isinstance(image, Image) and image.name is not None:
                known = found.setdefault(image.name, [])
                if image not in known:
                    known.append(image)
    return found


class NoImage(NamedTuple):
    """What is wrong with an `image_name`."""

    code: str
    message: str
    help: str
    notes: Tuple[str, ...] = ()


_MOST_NAMES = 20


def no_image(name: str, known: Mapping[str, List[Image]]) -> NoImage:
    """What to say of an `image_name` that names no Image of the tree (C220), or several (C221)."""
    found = known.get(name, [])
    if found:
        message = f"`image_name` is {said(name)}, and {len(found)} Images of this tree that differ are called so"
        places = [image.site.location() for image in found[:3]]
        notes = tuple(f"one of them was made at {place.file}:{place.line}" for place in places)
        return NoImage("C221", message, "give each Image a name of its own", notes)
    names = ", ".join(itertools.islice(known, _MOST_NAMES)) or "none"
    names += ", ..." if len(known) > _MOST_NAMES else ""
    help = did_you_mean(name, known) or f"the Images here are called: {names}; `node.register_image(...)` adds one"
    return NoImage("C220", f"`image_name` is {said(name)}, and no Image of this tree is called so", help)
