"""What the makefile tells a Generate of the nodes above what it makes: as JSON, which make_grown reads."""

from __future__ import annotations

from typing import List

from conducto.ir import above
from conducto.ir.plan import Plan


def text(plan: Plan, number: int, targets: List[str]) -> str:
    """Of row `number`, in whose place something is generated; `targets` are those of all rows."""
    chain: List[str] = []
    up = number
    while up >= 0:
        chain.append(targets[up])
        up = plan.rows[up].parent
    return above.text({"above": above.written(above.above(plan, number)), "targets": chain[::-1]})
