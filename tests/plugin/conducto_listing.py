"""A target for conducto, whole, in a page: `listing` writes what a pipeline runs as a list for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conducto.diagnostics import Report
from conducto.header import header
from conducto.ir.plan import Origin, Plan
from conducto.targets import Document, Files, Limits
from conducto.text import shown

_TEXT = {"type": "string"}
_ENTRY = {"node": _TEXT, "depth": {"type": "integer"}, "command": _TEXT, "image": _TEXT}


class Listing:
    """One line a node: groups with how their children run, Execs with their command."""

    name = "listing"
    title = "a list"
    limits = Limits(needs_image=True)
    options: Mapping[str, Any] = {}
    settings: Mapping[str, Any] = {"bullet": {"enum": ["-", "*", "+"]}}
    schema: Mapping[str, Any] | None = {
        "type": "object",
        "properties": {
            "output": _TEXT,
            "header": {"type": "array", "items": _TEXT},
            "bullet": settings["bullet"],
            "entries": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": _ENTRY,
                    "required": list(_ENTRY),
                    "additionalProperties": False,
                },
            },
        },
        "required": ["output", "header", "bullet", "entries"],
        "additionalProperties": False,
    }

    def output(self, origin: Origin) -> str:
        return f"{origin.folder}/{origin.stem}.txt".lstrip("/")

    def usage(self, origin: Origin) -> list[str]:
        return [f"cat {origin.output}"]

    def document(self, plan: Plan, report: Report) -> Document:
        for number in plan.leaves():
            if plan.rows[number].gpu:
                report.error("C399", "a list has no GPU", node=plan.path(number), site=plan.rows[number].site)
        return {
            "output": plan.origin.output,
            "header": header(plan.origin, self.name, self.usage(plan.origin)),
            "bullet": plan.settings.get("bullet", "-"),
            "entries": [_entry(plan, number) for number, runs in enumerate(plan.runs) if runs],
        }

    def render(self, document: Document) -> Files:
        lines = [*document["header"], *(_line(document["bullet"], entry) for entry in document["entries"])]
        return {document["output"]: "\n".join(lines) + "\n"}


def _entry(plan: Plan, number: int) -> dict[str, Any]:
    row = plan.rows[number]
    depth = plan.path(number).count("/") if row.parent >= 0 else 0
    does = row.script if row.kind == "exec" else f"{row.kind} of {len(plan.children(number))}"
    return {
        "node": shown(plan.path(number)),
        "depth": depth,
        "command": shown(does),
        "image": row.image.base if row.image else "",
    }


def _line(bullet: str, entry: dict[str, Any]) -> str:
    where = f" ({entry['image']})" if entry["image"] else ""
    return f"{'  ' * entry['depth']}{bullet} {entry['node']}{where}: {entry['command']}"
