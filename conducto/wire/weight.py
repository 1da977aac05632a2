"""What a tree from outside would cost once it is laid out: what is handed down, counted before anything is made of it."""

from __future__ import annotations

from typing import Dict, NamedTuple, Optional

from .. import local_paths
from ..nodes import Exec, Node
from . import bounds

#: What a limit above an Exec counts for, in bytes of a path: it is told of each.
_LIMIT = 20
_LIMITS = ("max_time", "retries", "max_concurrent")
#: Bytes of commands that hold words of `co.relpath`, each counted once a word: that often they are looked through.
_LOOKED_THROUGH = 5_000_000


class _Group(NamedTuple):
    """What an Exec right below a group is told: bytes of the path, with what the limits above count for; entries handed down."""

    told: int
    entries: int


def too_much(root: Node, path: int, entries: int) -> Optional[str]:
    """Why the tree below `root` cannot be laid out in little memory and time, or None.

    A small text can stand for what is the square of its nodes: paths in a chain, env and options that are merged with those
    from above, limits around limits. Above `root` the path has so many bytes, and so many entries are handed down.
    """
    groups: Dict[int, _Group] = {}
    paths = merged = images = looked = told = 0
    for node in root.stream():
        above = groups[id(node.parent)] if node.parent is not None else _Group(path, entries)
        own = node._own
        here = _Group(above.told + 1 + len(node.name.encode()) if node.parent is not None else path, above.entries)
        if own:
            more = len(own.get("env") or ()) + sum(map(len, (own.get("options") or {}).values()))
            here = here._replace(entries=here.entries + more)
            merged += here.entries if more else 0
            images += len(own.get("_images", ()))
        if type(node) is Exec:
            paths += here.told
            told += here.entries
            looked += _looked_through(node._command) if isinstance(node._command, str) else 0
        else:
            groups[id(node)] = _with_limits(here, own)
        if paths > bounds.PATHS:
            return f"the paths of its nodes, and the limits above them, have more than {bounds.PATHS:,} bytes together"
        if max(merged, images) > bounds.HANDED_DOWN or told > bounds.TOLD:
            return f"more than {bounds.HANDED_DOWN:,} env variables, options and images are handed down in it"
        if looked > _LOOKED_THROUGH:
            return "its commands hold too many paths of `co.relpath`"
    return None


def _with_limits(here: _Group, own: Dict[str, object]) -> _Group:
    limits = sum(name in own for name in _LIMITS) if own else 0
    return here._replace(told=here.told + limits * _LIMIT)


def _looked_through(command: str) -> int:
    files = local_paths.files(command)
    return len(files) * (len(command) + sum(map(len, files)))
