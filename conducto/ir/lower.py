"""Tree -> Plan: what runs, and in which order."""

from __future__ import annotations

from typing import Any, Mapping

from ..diagnostics import Report
from .plan import Origin, Plan
from .tree import Tree


def lower(tree: Tree, origin: Origin, settings: Mapping[str, Any], report: Report) -> Plan:
    """The plan of `tree`. Warns (C201) where there is nothing to run."""
    plan = Plan(tree, origin, settings)
    if plan.empty:
        root = tree.rows[0]
        message = (
            "there is nothing to run: every Exec is skipped"
            if any(tree.leaves()) or root.kind == "exec"
            else ("there is nothing to run: the tree has no Exec")
        )
        report.warning("C201", message, node="/", site=root.site)
    return plan
