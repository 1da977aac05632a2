"""The order of a plan as GitHub has it: which jobs a job needs, and on what condition it runs."""

from __future__ import annotations

from typing import Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from conducto.ir.plan import Plan


class Gate(NamedTuple):
    """What a job waits for, as row numbers of Execs in the tree's order.

    All of `needs` must have ended, `required` of them must have succeeded. `plain` tells that GitHub's own rule, by which a
    job runs when everything above it has succeeded, says the same. `group` is the Serial that orders it, -1 for none.
    """

    needs: Tuple[int, ...] = ()
    required: Tuple[int, ...] = ()
    plain: bool = True
    group: int = -1


def gates(plan: Plan, forgiven: Sequence[bool]) -> Dict[int, Gate]:
    """The gate of every Exec that runs."""
    counts = _counting(plan)
    bounds = _bounds(plan, counts)
    by_bounds: Dict[Tuple[int, int], Gate] = {(-1, -1): Gate()}
    found: Dict[int, Gate] = {}
    for number in plan.leaves():
        key = bounds[number]
        if key not in by_bounds:
            by_bounds[key] = _gate(plan, key, counts, forgiven, found)
        found[number] = by_bounds[key]
    return found


def forgiven_rows(plan: Plan) -> List[bool]:
    """For each row whether it or a node above it suppresses errors, so that its failure must not fail the run."""
    found: List[bool] = []
    for row in plan.rows:
        found.append(row.suppress_errors or (row.parent >= 0 and found[row.parent]))
    return found


def condition(gate: Gate, ids: Mapping[int, str], forgiven: Sequence[bool]) -> Optional[str]:
    """The `if` of a job, or None where GitHub's own rule will do.

    A forgiven job's `result` is always success: what became of its command stands in its output.
    """
    if gate.plain:
        return None
    tests = [f"needs.{ids[n]}.{'outputs.outcome' if forgiven[n] else 'result'} == 'success'" for n in gate.required]
    return " && ".join(["!cancelled()", *tests])


def _counting(plan: Plan) -> List[bool]:
    """For each row whether its failure is one for its parent: no suppression at it, and an Exec below of which the same holds."""
    found = [plan.runs[number] and row.kind == "exec" for number, row in enumerate(plan.rows)]
    for number in range(len(found) - 1, -1, -1):
        row = plan.rows[number]
        found[number] = found[number] and not row.suppress_errors
        if found[number] and row.parent >= 0:
            found[row.parent] = True
    return found


def _bounds(plan: Plan, counts: Sequence[bool]) -> List[Tuple[int, int]]:
    """For each row (after, required): the sibling, its own or of a node above, that must have ended, and the one that must
    be done, before anything in the row starts; -1 for none.

    The nearest one is enough: it has itself waited for all before it, and can only be done if these are.
    """
    found = [(-1, -1)] * len(plan.rows)
    for number, row in enumerate(plan.rows):
        after, required = found[number]
        for child in plan.children(number) if row.kind != "exec" else ():
            found[child] = (after, required)
            if row.kind == "serial":
                after = child
                if row.stop_on_error and counts[child]:
                    required = child
    return found


def _gate(
    plan: Plan, bounds: Tuple[int, int], counts: Sequence[bool], forgiven: Sequence[bool], gates: Mapping[int, Gate]
) -> Gate:
    after, required = bounds

    def last(number: int) -> List[int]:
        children = plan.children(number)
        return children[-1:] if plan.rows[number].kind == "serial" else children

    def deciding(number: int) -> List[int]:
        children = [child for child in plan.children(number) if counts[child]]
        row = plan.rows[number]
        return children[-1:] if row.kind == "serial" and row.stop_on_error else children

    must_succeed = _execs(plan, required, deciding)
    needs = tuple(sorted({*_execs(plan, after, last), *must_succeed}))
    plain = needs == must_succeed and all(gates[n].plain and not forgiven[n] for n in needs)
    return Gate(needs, must_succeed, plain, plan.rows[after].parent)


def _execs(plan: Plan, top: int, below: Callable[[int], List[int]]) -> Tuple[int, ...]:
    """The Execs at the ends of all ways down from `top` (-1 for none), in order."""
    found: List[int] = []
    stack = [top] if top >= 0 else []
    while stack:
        number = stack.pop()
        if plan.rows[number].kind == "exec":
            found.append(number)
        else:
            stack.extend(reversed(below(number)))
    return tuple(found)
