"""A Plan as text for people and golden files: one line a node, with what it inherited and whether it runs."""

from __future__ import annotations

import json
from typing import Iterable, Iterator, List

from ..text import shown
from .images import ImageSpec
from .plan import Plan, Vertex
from .tree import Row

#: What is shown of any node besides, and of an Exec, where it is set.
_OF_NODES = ("max_time", "retries", "max_concurrent")
_OF_EXECS = ("cpu", "mem", "gpu", "docker_run_args")


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
    flags.extend(name for name in ("requires_docker", "runtime", "data", "lazy") if getattr(row, name))
    if flags:
        yield ", ".join(flags)
    yield from _values(row, _OF_NODES)
    if row.kind == "exec":
        yield from _exec(plan, row)
    for target, table in row.options.items():
        yield f"options {shown(target)} {shown(json.dumps(table, ensure_ascii=False))}"
    for name, text in (("title", row.title), *(("tag", tag) for tag in row.tags), ("doc", row.doc)):
        if text:
            yield f"{name} {shown(text)}"


def _exec(plan: Plan, row: Row) -> Iterator[str]:
    yield f"command {shown(row.script)}"
    yield f"image {row.image.shown if row.image else 'none'} ({'chosen' if row.chosen else 'default'})"
    if row.image is not None:
        yield from (f"image.{detail}" for detail in _image(row.image))
    yield from _values(row, _OF_EXECS)
    if row.container >= 0:
        yield f"container {shown(plan.path(row.container))}"
    for key, value in row.env.items():
        yield f"env {key}={shown(value) if isinstance(value, str) else repr(value)}"


def _values(row: Row, names: Iterable[str]) -> Iterator[str]:
    """What is set of these, a row's own default left out."""
    for name in names:
        value = getattr(row, name)
        if value != Row._field_defaults[name]:
            yield f"{name} {shown(json.dumps(value, ensure_ascii=False))}"


def _image(image: ImageSpec) -> Iterator[str]:
    """What an image is besides its base, field by field."""
    for name, value in image._asdict().items():
        if name != "base" and value != ImageSpec._field_defaults[name]:
            yield f"{name} {shown(json.dumps(value, ensure_ascii=False))}"


def _vertex(plan: Plan, vertex: Vertex) -> str:
    return f"{vertex.what} {shown(plan.path(vertex.row))}"
