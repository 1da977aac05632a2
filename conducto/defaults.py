"""What `co.main` gives the root of a pipeline: attributes that count as if the root had been given them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Dict, Iterator, Mapping, NamedTuple, Optional

from . import attributes, source
from .diagnostics import ConductoError, Diagnostic
from .env import Env

if TYPE_CHECKING:
    from .nodes import Node

#: What the root must not say otherwise; of `env` the root's keys win, and `image` is for a root that chooses none.
_ONE_SAYS = ("cpu", "gpu", "mem", "requires_docker")


class Defaults(NamedTuple):
    """Attributes, each checked, and where `co.main` was called with them."""

    attributes: Mapping[str, Any] = {}
    site: Optional[source.Site] = None

    def own(self, root: "Node") -> Dict[str, Any]:
        """What a root counts as having of its own. Raises ConductoError (C416) where the two say different things."""
        own = dict(root._own)
        for key in _ONE_SAYS:
            if own.get(key) is not None and key in self.attributes and own[key] != self.attributes[key]:
                raise self._differ(root, key)
        found = {key: value for key, value in self.attributes.items() if own.get(key) is None}
        if own.get("image_name") is not None:
            found.pop("image", None)
        if "env" in self.attributes:
            found["env"] = Env({**self.attributes["env"], **own.get("env", {})})
            found["env"].owner = root
        return {**own, **found}

    def _differ(self, root: "Node", key: str) -> ConductoError:
        message = f"`co.main` is given `{key}={self.attributes[key]!r}`, and the root of the tree has `{key}={root._own[key]!r}`"
        place = root._site.location()
        notes = (f"the root was made at {place.file}:{place.line}",)
        location = self.site.location(source.argument(key)) if self.site is not None else None
        help = "say it in one of the two places"
        return ConductoError(Diagnostic("C416", message, node="/", location=location, notes=notes, help=help))


def checked(given: Mapping[str, Any]) -> Defaults:
    """What `co.main` was given, None and a False for `requires_docker` left aside; each value checked at the user's line."""
    said = {key: value for key, value in given.items() if value is not None}
    if said.get("requires_docker") is False:
        del said["requires_docker"]
    if not said:
        return Defaults()
    try:
        return Defaults(attributes.checked("serial", said, {}), source.user_site())
    except ConductoError as error:
        raise error.at("/") from None


def give(defaults: Defaults, root: "Node", doc: Optional[str] = None) -> "Node":
    """`root` with `defaults`, and `doc` where it has none, for good; what it was given itself is not touched."""
    own = defaults.own(root)
    if doc is not None and own.get("doc") is None:
        own["doc"] = doc
    if own != root._own:
        root._own = own
    return root


@contextlib.contextmanager
def given(defaults: Defaults, root: "Node") -> Iterator["Node"]:
    """`root` with `defaults`, for as long as the block runs."""
    before = root._own
    try:
        yield give(defaults, root)
    finally:
        root._own = before
