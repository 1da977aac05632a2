"""What a generated tree must be told of the tree that it comes into: the nodes above, and what is handed down there; as JSON."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

from ..secret import Secret
from .images import Code, ImageSpec
from .plan import Origin, Plan
from .tree import Granted, Row

Found = Tuple[Optional[ImageSpec], bool]


class Above(NamedTuple):
    """The place of a generated tree.

    `rows` are the nodes above, from the root to the group in whose place it stands; of that one the row has what is handed
    down. `images` are those that can be told by name, `default_image` is of nodes that choose none, `generate` the image of
    the node that generates, `origin` of the pipeline (with nothing printed), `settings` of the target, `granted` what may be
    asked for there.
    """

    rows: Tuple[Row, ...]
    images: Mapping[str, Found]
    default_image: str
    generate: Optional[ImageSpec]
    origin: Origin
    settings: Mapping[str, Any]
    granted: Granted = Granted()


def above(plan: Plan, number: int) -> Above:
    """The place in whose stead row `number` of a plan (a group that is `lazy`) stands."""
    chain: List[int] = []
    up = number
    while up >= 0:
        chain.append(up)
        up = plan.rows[up].parent
    chain.reverse()
    places = {row: place for place, row in enumerate(chain)}
    rows = tuple(
        plan.rows[row]._replace(
            parent=place - 1,
            site=None,
            container=places.get(plan.rows[row].container, -1),
            doc=None,
            title=None,
            tags=(),
        )
        for place, row in enumerate(chain)
    )
    origin = plan.origin._replace(printed=(), launched="")
    tree, generate = plan.tree, plan.rows[number - 1].image
    granted = tree.granted.get(number, Granted())
    return Above(rows, tree.images, tree.default_image, generate, origin, plan.settings, granted)


# --- as JSON: what is as usual is left out ------------------------------------------------------------------------------


def written(place: Above) -> Dict[str, Any]:
    """`place` as JSON's own types."""
    images = {name: [_image(spec), chosen] for name, (spec, chosen) in place.images.items()}
    granted = _said(place.granted)
    return {
        "rows": [_row(row) for row in place.rows],
        "images": images,
        "default_image": place.default_image,
        "generate": _image(place.generate),
        "origin": _said(place.origin),
        "settings": dict(place.settings),
        **({"granted": granted} if granted else {}),
    }


def read(given: Mapping[str, Any]) -> Above:
    """What `written` gave, of JSON again."""
    images = {name: (_read_image(spec), chosen) for name, (spec, chosen) in given["images"].items()}
    origin: Dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in given["origin"].items()
    }
    return Above(
        tuple(_read_row(row) for row in given["rows"]),
        images,
        given["default_image"],
        _read_image(given["generate"]),
        Origin(**origin),
        given["settings"],
        _read_granted(given.get("granted", {})),
    )


def _read_granted(given: Mapping[str, Any]) -> Granted:
    return Granted(
        tuple(given.get("secrets", ())), given.get("docker", False), tuple(map(tuple, given.get("run_args", ())))
    )


def _said(value: Any) -> Dict[str, Any]:
    usual = value._field_defaults
    return {key: each for key, each in value._asdict().items() if key not in usual or each != usual[key]}


def _row(row: Row) -> Dict[str, Any]:
    found = _said(row)
    if "env" in found:
        found["env"] = {key: {"secret": v.name} if isinstance(v, Secret) else v for key, v in row.env.items()}
    if "image" in found:
        found["image"] = _image(row.image)
    return found


def _read_row(given: Mapping[str, Any]) -> Row:
    found: Dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in given.items()}
    if "env" in found:
        found["env"] = {key: Secret(v["secret"]) if isinstance(v, dict) else v for key, v in found["env"].items()}
    found["image"] = _read_image(found.get("image"))
    return Row(**found)


def _image(spec: Optional[ImageSpec]) -> Optional[Dict[str, Any]]:
    if spec is None:
        return None
    found = _said(spec)
    if spec.code is not None:
        found["code"] = _said(spec.code)
    return found


def _read_image(given: Optional[Mapping[str, Any]]) -> Optional[ImageSpec]:
    if given is None:
        return None
    found = dict(given)
    for key in ("packages", "pip", "npm"):
        found[key] = tuple(found.get(key, ()))
    for key in ("build_args", "paths"):
        found[key] = tuple((one, other) for one, other in found.get(key, ()))
    if "code" in found:
        code = dict(found["code"])
        code["exclude"] = tuple(code.get("exclude", ()))
        found["code"] = Code(**code)
    return ImageSpec(**found)


def text(value: Mapping[str, Any]) -> str:
    """JSON on one line, the same from run to run."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
