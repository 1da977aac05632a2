"""`co.util`: what older files build trees with. Names of arguments are as they were."""

from __future__ import annotations

import os
from typing import Any, Callable, Iterable, Iterator, List, Optional, Tuple

from .magic_doc import magic_doc as magic_doc
from .nodes import Node, Parallel

__all__ = ["env_bool", "magic_doc", "makedatenodes", "makenestednodes", "makeyyyymmnodes", "mkdirs"]

#: What an environment variable says no by, in small letters.
_NO = ("", "0", "0.0", "n", "none", "f", "false")
#: So many nodes stand beside each other, or so many months, before they are parted by year.
_MOST_DATES, _MOST_MONTHS, _MOST = 10, 9, 9

MakeNode = Callable[[], Node]
#: Of a value's number, the value, and all values: its path.
PathOf = Callable[[int, Any, List[Any]], str]


def env_bool(key: str) -> bool:
    """Whether environment variable `key` says yes: it is set, and to none of 0, 0.0, n, none, f, false and nothing."""
    return os.environ.get(key, "").strip().lower() not in _NO


def mkdirs(baseNode: Node, path: str, nodeType: Optional[MakeNode] = None) -> Node:
    """The node at `path` below `baseNode` ("/a" begins at its root); what of it is missing is made by `nodeType` (co.Parallel).

    Raises what assigning these nodes raises.
    """
    node = baseNode.root if path.startswith("/") else baseNode
    for part in filter(None, path.split("/")):
        if part not in node:
            node[part] = (nodeType or Parallel)()
        node = node[part]
    return node


def makenestednodes(
    baseNode: Node,
    values: Iterable[Any],
    func: PathOf,
    makeLeafNode: bool = False,
    sort: bool = True,
    reverse: bool = False,
    nodeType: Optional[MakeNode] = None,
) -> Iterator[Tuple[Node, Any]]:
    """For each of `values` (sorted, unless `sort` is False) the node that its own node goes into, and the value.

    `func` tells the path of its own node: the nodes above that one are made, with `makeLeafNode` that one too, which is given
    then. One value after the other, as they are asked for.
    """
    ordered = sorted(values, reverse=reverse) if sort else list(values)
    for number, value in enumerate(ordered):
        path = func(number, value, ordered)
        above = path[: path.rfind("/") + 1]
        yield mkdirs(baseNode, path if makeLeafNode else above, nodeType), value


def makeyyyymmnodes(
    baseNode: Node,
    yyyymms: Iterable[Any],
    makeLeafNode: bool = False,
    reverse: bool = True,
    nodeType: Optional[MakeNode] = None,
) -> Iterator[Tuple[Node, Any]]:
    """makenestednodes of months such as "202001", the latest first: from ten on below their years."""

    def path(number: int, month: Any, months: List[Any]) -> str:
        return f"{str(month)[:4]}/{month}" if len(months) > _MOST else str(month)

    return makenestednodes(baseNode, yyyymms, path, makeLeafNode, True, reverse, nodeType)


def makedatenodes(
    baseNode: Node,
    dates: Iterable[Any],
    makeLeafNode: bool = False,
    reverse: bool = True,
    nodeType: Optional[MakeNode] = None,
) -> Iterator[Tuple[Node, Any]]:
    """makenestednodes of dates such as datetime.date(2020, 1, 2), the latest first: of more than ten those of a month below it,
    and of ten months or more these below their years.
    """
    every = list(dates)
    months = {str(date)[:7] for date in every}

    def path(number: int, date: Any, dates: List[Any]) -> str:
        day = str(date)
        if len(dates) <= _MOST_DATES:
            return day
        return f"{day[:7]}/{day}" if len(months) <= _MOST_MONTHS else f"{day[:4]}/{day[:7]}/{day}"

    return makenestednodes(baseNode, every, path, makeLeafNode, True, reverse, nodeType)
