"""The parts of the engine, the shell script that a makefile ends with: each is there only where something needs it."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Set

from conducto.targets import Document

_CODE = "code.sh"


def parts(document: Document, needs: Set[str]) -> List[str]:
    """The files, from the folder of templates, that make up the engine of a document; `needs` are of its nodes."""
    needed = ["make/engine.sh"]
    if "lazy" in needs:  # what is generated may need any
        return [*needed, *(f"make/{name}.sh" for name in _NEEDS), _CODE, "make/images.sh"]
    needed += [f"make/{name}.sh" for name in _NEEDS if name in needs]
    images = document.get("images", ())
    if any("code" in image or "clone" in image for image in images):
        needed.append(_CODE)
    return needed + (["make/images.sh"] if images else [])


def needs(node: Dict[str, Any]) -> Iterator[str]:
    """The parts that a node needs."""
    return (name for name, needs_it in _NEEDS.items() if needs_it(node))


def _exec(node: Dict[str, Any]) -> Dict[str, Any]:
    found: Dict[str, Any] = node.get("exec", {})
    return found


#: What in a node needs a part.
_NEEDS: Dict[str, Callable[[Dict[str, Any]], bool]] = {
    "secrets": lambda node: "secrets" in _exec(node),
    "data": lambda node: "data" in _exec(node) or "mounts" in _exec(node),
    "socket": lambda node: "docker" in _exec(node),
    "time": lambda node: "max_time" in _exec(node) or "within" in _exec(node),
    "slots": lambda node: "slots" in _exec(node),
    "reuse": lambda node: "container" in _exec(node),
    "again": lambda node: "again" in node,
    "lazy": lambda node: "from" in node or "generate" in _exec(node),
}
