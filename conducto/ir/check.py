"""Plan -> complaints: what no plan may be, whoever made it. A complaint is a bug of ours, not of the user."""

from __future__ import annotations

from typing import Dict, List

from .plan import Plan, Vertex


def complaints(plan: Plan) -> List[str]:
    """What is wrong with `plan`: rows out of order, names taken twice, what is still inherited, an order with a cycle."""
    return [*_rows(plan), *_order(plan)]


def _rows(plan: Plan) -> List[str]:
    found = []
    seen = set()
    for number, row in enumerate(plan.rows):
        if (row.parent >= number or row.parent < -1) or (row.parent < 0) != (number == 0):
            found.append(f"row {number} has parent {row.parent}")
        elif number and plan.rows[row.parent].kind == "exec":
            found.append(f"{plan.path(number)} stands under an Exec")
        if (row.parent, row.name) in seen:
            found.append(f"{plan.path(number)} is there twice")
        seen.add((row.parent, row.name))
        if (row.kind == "exec") != isinstance(row.command, str):
            found.append(f"{plan.path(number)} is {row.kind} with command {row.command!r}")
    return found


def _order(plan: Plan) -> List[str]:
    """Kahn's algorithm over the groups: what is left over lies on a cycle."""
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
