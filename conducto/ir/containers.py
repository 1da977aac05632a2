"""Which Execs share a container, and what must hold of them (docs/semantics.md, "Container reuse")."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple

from ..diagnostics import Report
from .tree import Row, Tree

#: What the Execs in one container must have in common.
COMMON = ("image", "cpu", "mem", "gpu", "requires_docker", "docker_run_args")


def check(tree: Tree, report: Report) -> None:
    """Complain (C222) of Execs that cannot share their container; warn (C223) of docker that may not be shared."""
    shared = any(row.container >= 0 for row in tree.rows)
    dockers = sum(row.requires_docker for row in tree.rows)
    if not shared and dockers < 2:
        return
    runs = tree.running()
    if shared:
        for first, other in strangers(tree, runs):
            _complain(tree, first, other, report)
    found = _apart_in_order(tree, runs) if dockers > 1 else None
    if found is not None:
        _warn(tree, *found, report)


def strangers(tree: Tree, runs: Sequence[bool]) -> List[Tuple[int, int]]:
    """For each container whose Execs differ, the first that runs in it and the first that is not like that one."""
    firsts: Dict[int, int] = {}
    found: Dict[int, Tuple[int, int]] = {}
    for number, row in enumerate(tree.rows):
        if row.kind != "exec" or row.container < 0 or not runs[number]:
            continue
        first = firsts.setdefault(row.container, number)
        if row.container not in found and difference(tree.rows[first], row) is not None:
            found[row.container] = first, number
    return list(found.values())


def difference(one: Row, other: Row) -> Optional[str]:
    """The first attribute that keeps two Execs out of one container."""
    return next((name for name in COMMON if getattr(one, name) != getattr(other, name)), None)


def _complain(tree: Tree, first: int, other: int, report: Report) -> None:
    one, two = tree.rows[first], tree.rows[other]
    name = str(difference(one, two))
    new = tree.path(two.container)
    said = _said(one, name), _said(two, name)
    if said[0] == said[1]:  # two images with one base
        said = _keyed(one), _keyed(two)
    message = f"this Exec shares the container of {new}, and its `{name}` is {said[1]}"
    notes = (f"`{name}` of {tree.path(first)}, which runs in it too, is {said[0]}",)
    help = f"give all Execs under {new} the same `{name}`, or this one `container_reuse_context`"
    report.error("C222", message, node=tree.path(other), site=two.site, notes=notes, help=help)


def _said(row: Row, name: str) -> str:
    value: Any = getattr(row, name)
    if name == "image":
        return row.image.shown if row.image is not None else "none"
    if name == "docker_run_args":
        return f"`{' '.join(value)}`" if value else "not set"
    return "not set" if value is None else str(value)


def _keyed(row: Row) -> str:
    """An image by what it is made of."""
    return f"{row.image.shown} (definition {row.image.key})" if row.image is not None else "none"


# --- docker of two Execs, one after the other ---------------------------------------------------------------------------


def _apart_in_order(tree: Tree, runs: Sequence[bool]) -> Optional[Tuple[int, int]]:
    """The first two Execs with docker that a Serial orders and that do not share a container; None where there are none.

    For each row one or two Execs stand for all in it: two where some of these do not share a container. If an Exec shares
    none with one of them all, it shares none with one of the two.
    """
    found: List[Tuple[int, int]] = []
    standing: List[Tuple[int, ...]] = [()] * len(tree.rows)
    for number in range(len(tree.rows) - 1, -1, -1):
        row = tree.rows[number]
        if row.kind == "exec":
            standing[number] = (number,) if row.requires_docker and runs[number] else ()
            continue
        seen: Tuple[int, ...] = ()
        for child in tree.children[number]:
            if row.kind == "serial":
                found.extend((one, two) for one in seen for two in standing[child] if _apart(tree, one, two))
            for new in standing[child]:
                if not seen or (len(seen) == 1 and _apart(tree, seen[0], new)):
                    seen = (*seen, new)
        standing[number] = seen
    return min(found, key=lambda pair: (pair[1], pair[0]), default=None)


def _apart(tree: Tree, one: int, two: int) -> bool:
    return tree.rows[one].container < 0 or tree.rows[one].container != tree.rows[two].container


def _warn(tree: Tree, one: int, two: int, report: Report) -> None:
    message = f"docker's images and networks that {tree.path(one)} leaves may not be there for this Exec"
    notes = ("both have `requires_docker`, and this one comes later, in another container",)
    help = "put both under a node with `container_reuse_context=co.ContainerReuseContext.NEW`"
    report.warning("C223", message, node=tree.path(two), site=tree.rows[two].site, notes=notes, help=help)
