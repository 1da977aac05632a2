"""Node -> Tree: inheritance ends here, and nothing that the user may still change is kept."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

from ..attributes import ATTRIBUTES
from ..nodes import Node
from .images import ImageSpec
from .tree import Row, Tree


class _Inherited(NamedTuple):
    """What a node hands down: env merged by key, of the others the nearest."""

    env: Mapping[str, str]
    image: Optional[str]
    cpu: Optional[float]
    mem: Optional[float]
    gpu: Optional[int]

    def below(self, own: Mapping[str, Any]) -> "_Inherited":
        env = {**self.env, **own["env"]} if own.get("env") else self.env
        nearest = {key: own[key] for key in ("image", "cpu", "mem", "gpu") if own.get(key) is not None}
        return self._replace(env=env, **nearest) if nearest or env is not self.env else self


def resolve(root: Node, default_image: str) -> Tree:
    """The frozen tree below `root`; `default_image` is of Execs that choose none ("" for no container)."""
    rows: List[Row] = []
    stack: List[Tuple[Node, int, _Inherited]] = [(root, -1, _Inherited({}, None, None, None, None))]
    while stack:
        node, parent, inherited = stack.pop()
        inherited = inherited.below(node._own)
        number = len(rows)
        rows.append(_row(node, parent, inherited, default_image))
        stack.extend((child, number, inherited) for child in reversed(list(node.children.values())))
    return Tree(rows)


def _row(node: Node, parent: int, inherited: _Inherited, default_image: str) -> Row:
    own = {key: node._own.get(key, ATTRIBUTES[key].default) for key in ("doc", "skip", "suppress_errors")}
    common: Dict[str, Any] = {"parent": parent, "name": "" if parent < 0 else node.name, "kind": node.kind, **own}
    if node.kind == "serial":
        common["stop_on_error"] = node._own.get("stop_on_error", True)
    if node.kind == "exec":
        image = inherited.image or default_image or None
        spec = ImageSpec(image) if image else None
        common.update(inherited._asdict(), command=node.command, image=spec, chosen=inherited.image is not None)
    return Row(site=node._site, **common)
