"""A Plan as text for people and golden files: one line a node, with what it inherited and whether it runs."""

from __future__ import annotations

from typing import Iterator, List

from ..text import shown
from .plan import Plan, Vertex


def plan_text(plan: Plan) -> str:
    """The nodes of `plan` in order, then its edges; ends with a newline."""
    lines = [f"pipeline {shown(plan.origin.name)} from {shown(plan.origin.source)}, {shown(plan.origin.function)}"]
    for number, row in enumerate(plan.rows):
        lines.append(f"{'run ' if plan.runs[number] else 'pass'} {row.kind:8} {shown(plan.path(number))}")
        lines.extend(f"       {detail}" for detail in _details(plan, number))
    lines.append("order")
    lines.extend(f"  {_vertex(plan, before)} -> {_vertex(plan, after)}" for before, after in plan.order)
    return "\n".join(lines) + "\n"


def _details(plan: Plan, number: int) -> Iterator[str]:
    row = plan.rows[number]
    flags: List[str] = [name for name in ("skip", "suppress_errors") if getattr(row, name)]
    if row.kind == "serial" and not row.stop_on_error:
        flags.append("stop_on_error=False")
    if flags:
        yield ", ".join(flags)
    if row.kind == "exec":
        yield f"command {shown(row.script)}"
        yield f"image {row.image.shown if row.image else 'none'} ({'chosen' if row.chosen else 'default'})"
        for name in ("cpu", "mem", "gpu"):
            if getattr(row, name) is not None:
                yield f"{name} {getattr(row, name)}"
        for key, value in row.env.items():
            yield f"env {key}={shown(value) if isinstance(value, str) else repr(value)}"
    if row.doc:
        yield f"doc {shown(row.doc)}"


def _vertex(plan: Plan, vertex: Vertex) -> str:
    return f"{vertex.what} {shown(plan.path(vertex.row))}"
