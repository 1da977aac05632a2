"""What bounds a node in time and in number, said by what Argo has: deadlines of pods and of a run, children at once."""

from __future__ import annotations

from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from conducto.ir.plan import Plan


class Times(NamedTuple):
    """The seconds that an attempt of a leaf has, those that the run has, and the groups whose `max_time` cannot be said."""

    leaves: Mapping[int, int]
    run: Optional[int]
    unsaid: Tuple[int, ...]


def times(plan: Plan) -> Times:
    """A group's limit is its only leaf's where the leaf fails the group; the root's is the run's where nothing below it is
    forgiven (Argo ends the late node, and takes the run for done if that is forgiven) and nothing follows.

    Of a group whose limit cannot be said, each leaf gets it: the nearest thing.
    """
    only = _only_leaves(plan)
    forgiven = any(row.suppress_errors and plan.runs[number] for number, row in enumerate(plan.rows))
    leaves: Dict[int, int] = {}
    unsaid: List[int] = []
    run: Optional[int] = None
    least: List[Optional[int]] = []
    for number, row in enumerate(plan.rows):
        inherited = least[row.parent] if number else None
        whole = number == 0 and row.kind != "exec" and not (only[0] or forgiven or row.retries)
        mine = row.max_time if plan.runs[number] else None
        if mine is not None and whole:
            run, mine = mine, None
        elif mine is not None and row.kind != "exec" and not only[number]:
            unsaid.append(number)
        least.append(_least(inherited, mine))
        if row.kind == "exec" and plan.runs[number] and least[number] is not None:
            leaves[number] = least[number] or 0
    return Times(leaves, run, tuple(unsaid))


def _least(one: Optional[int], other: Optional[int]) -> Optional[int]:
    return min(one, other) if one is not None and other is not None else one if other is None else other


def _only_leaves(plan: Plan) -> List[bool]:
    """For each group whether it has but one leaf that runs, and nothing below it that retries or forgives."""
    count = [int(row.kind == "exec" and plan.runs[number]) for number, row in enumerate(plan.rows)]
    calm = [True] * len(plan.rows)
    for number in range(len(plan.rows) - 1, 0, -1):
        row = plan.rows[number]
        count[row.parent] += count[number]
        if plan.runs[number] and not (calm[number] and not row.retries and not row.suppress_errors):
            calm[row.parent] = False
    return [count[number] == 1 and calm[number] for number in range(len(plan.rows))]


class Ceilings(NamedTuple):
    """How many children a group may run at once, where that is less than it has; and how many pods the run."""

    groups: Mapping[int, int]
    run: Optional[int]


def ceilings(plan: Plan) -> Ceilings:
    """`max_concurrent` in Argo's terms. The run's counts pods. A group's counts its own children, whatever runs in these: so a
    limit is shared out among those that run at once, and what is below one child gets its share; it is never exceeded, and
    no pipeline may count on more.
    """
    widths = _widths(plan)
    rows = plan.rows
    run = rows[0].max_concurrent if rows[0].kind != "exec" else None
    groups: Dict[int, int] = {}
    shares: List[Optional[int]] = [None] * len(rows)
    for number, row in enumerate(rows):
        if row.kind == "exec" or not plan.runs[number]:
            continue
        limit = _least(shares[number], row.max_concurrent if number else None)
        inner = [widths[child] for child in plan.children(number)]
        if limit is None or limit >= (max(inner) if row.kind == "serial" else sum(inner)):
            continue
        share = limit
        if row.kind == "parallel":
            groups[number], share = shared(limit, inner)
        for child in plan.children(number):
            shares[child] = share
    return Ceilings(groups, run if run is not None and run < _widest(plan) else None)


def shared(limit: int, widths: Sequence[int]) -> Tuple[int, int]:
    """How many of the children run at once, and how many Execs each of these: of those that use most of `limit`, the most
    children.
    """
    widest = max(widths)
    return max(
        ((count, limit // count) for count in range(1, min(limit, len(widths)) + 1)),
        key=lambda pair: (pair[0] * min(pair[1], widest), pair[0]),
    )


def _widths(plan: Plan, limited: bool = True) -> List[int]:
    """For each row how many Execs of it run at once at most."""
    widths = [int(row.kind == "exec" and plan.runs[number]) for number, row in enumerate(plan.rows)]
    for number in range(len(plan.rows) - 1, -1, -1):
        row = plan.rows[number]
        if limited and row.max_concurrent is not None and row.kind != "exec" and number:
            widths[number] = min(widths[number], row.max_concurrent)
        if number:
            serial = plan.rows[row.parent].kind == "serial"
            above = widths[row.parent]
            widths[row.parent] = max(above, widths[number]) if serial else above + widths[number]
    return widths


def _widest(plan: Plan) -> int:
    return _widths(plan, limited=False)[0]


def attempts(plan: Plan) -> int:
    """The nodes that a run may come to hold: each that runs, as often as it and all above it are tried."""
    times: List[int] = []
    for number, row in enumerate(plan.rows):
        times.append((times[row.parent] if number else 1) * (1 + row.retries))
    return sum(count for number, count in enumerate(times) if plan.runs[number])
