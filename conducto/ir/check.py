"""Plan -> complaints: what no plan may be, whoever made it. A complaint is a bug of ours, not of the user."""

from __future__ import annotations

from typing import Dict, Iterator, List, Set, Tuple

from . import containers
from .plan import Plan, Vertex
from .tree import Row

#: What only an Exec has: a group has each as it is by default.
_OF_EXECS = ("env", "image", "chosen", "container", "runtime", *containers.COMMON)


def complaints(plan: Plan) -> List[str]:
    """What is wrong with `plan`: rows out of order, names taken twice, what is still inherited, values that no attribute takes,
    a container that is none of theirs or differs, an order with a cycle.
    """
    return [*_rows(plan), *_values(plan), *_containers(plan), *_order(plan)]


def _rows(plan: Plan) -> List[str]:
    found = []
    for number, row in enumerate(plan.rows):
        if (row.parent >= number or row.parent < -1) or (row.parent < 0) != (number == 0):
            found.append(f"row {number} has parent {row.parent}")
        elif number and plan.rows[row.parent].kind == "exec":
            found.append(f"{plan.path(number)} stands under an Exec")
        if (row.kind == "exec") != isinstance(row.command, str):
            found.append(f"{plan.path(number)} is {row.kind} with command {row.command!r}")
    return [*found, *_twice(plan)]


def _twice(plan: Plan) -> Iterator[str]:
    """The children of one parent that have one name."""
    for below in plan.tree.children:
        if len({plan.rows[child].name for child in below}) < len(below):
            seen: Set[str] = set()
            for child in below:
                if plan.rows[child].name in seen:
                    yield f"{plan.path(child)} is there twice"
                seen.add(plan.rows[child].name)


def _values(plan: Plan) -> List[str]:
    return [f"{plan.path(number)} has {what}" for number, row in enumerate(plan.rows) for what in _wrong(row)]


def _wrong(row: Row) -> Iterator[str]:
    """The values of a row that no attribute takes, and what a node of its kind has not."""
    if row.retries < 0:
        yield f"retries {row.retries}"
    if row.max_time is not None and row.max_time < 1:
        yield f"max_time {row.max_time}"
    if row.max_concurrent is not None and (row.max_concurrent < 1 or row.kind == "exec"):
        yield f"max_concurrent {row.max_concurrent} and is {row.kind}"
    if not row.stop_on_error and row.kind != "serial":
        yield f"stop_on_error False and is {row.kind}"
    if row.kind != "exec" and not row.lazy:
        for name in _OF_EXECS:
            if getattr(row, name) != Row._field_defaults[name]:
                yield f"{name} {getattr(row, name)!r} and is {row.kind}"


def _containers(plan: Plan) -> List[str]:
    ends = _ends(plan)
    found = []
    for number, row in enumerate(plan.rows):
        if row.container >= 0 and not (row.container <= number < ends[row.container]):
            found.append(f"{plan.path(number)} has container {row.container}, which is none of its ancestors")
    for one, other in containers.strangers(plan.tree, plan.runs):
        found.append(f"{plan.path(other)} differs from {plan.path(one)}, and shares its container")
    return found


def _ends(plan: Plan) -> List[int]:
    """For each row the number of the first one behind its subtree."""
    ends = list(range(1, len(plan.rows) + 1))
    for number in range(len(plan.rows) - 1, 0, -1):
        parent = plan.rows[number].parent
        if parent < len(ends):
            ends[parent] = max(ends[parent], ends[number])
    return ends


def _order(plan: Plan) -> List[str]:
    """The groups that lie on a cycle. Where every edge leads on through the tree, as the compiler's own do, there is none."""
    ends = _ends(plan)
    if all(_place(before, ends) < _place(behind, ends) for before, behind in plan.order):
        return []
    return _on_cycles(plan)


def _place(vertex: Vertex, ends: List[int]) -> Tuple[int, int, int]:
    """Where a walk through the tree comes to it: to a group's join behind all that is in the group."""
    return (ends[vertex.row] - 1, 1, -vertex.row) if vertex.what == "join" else (vertex.row, 0, 0)


def _on_cycles(plan: Plan) -> List[str]:
    """Kahn's algorithm: what is left over lies on a cycle."""
    after: Dict[Vertex, List[Vertex]] = {}
    waiting: Dict[Vertex, int] = {}
    for before, behind in plan.order:
        after.setdefault(before, []).append(behind)
        waiting.setdefault(before, 0)
        waiting[behind] = waiting.get(behind, 0) + 1
    ready = [vertex for vertex, count in waiting.items() if not count]
    while ready:
        for behind in after.get(ready.pop(), ()):
            waiting[behind] -= 1
            if not waiting[behind]:
                ready.append(behind)
    return [f"{vertex} lies on a cycle" for vertex, count in waiting.items() if count]
