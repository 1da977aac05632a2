"""Target `make`: one makefile that runs a pipeline with GNU make and docker, or without docker on this host."""

from __future__ import annotations

import posixpath
from typing import Any, Dict, List, Mapping, Optional

from conducto.diagnostics import Report
from conducto.header import header
from conducto.ir.plan import Origin, Plan
from conducto.quantities import DOCKER_LEAST_MEMORY
from conducto.targets import Document, Files, Limits
from conducto.text import shell_word

from . import make_names, make_rules, make_text
from .make_schema import SCHEMA

#: A program's arguments and environment together end at 1 MB (macOS) or 2 MB (Linux); a node's texts stand in both.
_MOST_TEXT = 400_000


class Make:
    """The target `make`. Its state and logs go to `.conducto/state/NAME` beside the makefile."""

    name = "make"
    title = "make"
    limits = Limits(least_memory=DOCKER_LEAST_MEMORY)
    schema: Optional[Mapping[str, Any]] = SCHEMA
    settings: Mapping[str, Any] = {}

    def output(self, origin: Origin) -> str:
        """`<stem>.mk` beside the source."""
        return posixpath.join(origin.folder, f"{origin.stem}.mk")

    def usage(self, origin: Origin) -> List[str]:
        """The commands that run all, one node, and help."""
        make = f"make -f {shell_word(origin.shown_output)}"
        return [make, f"{make} help"]

    def document(self, plan: Plan, report: Report) -> Document:
        """The document: the nodes in order, and what all of them share. Reports C310 and C312."""
        origin = plan.origin
        document: Document = {"output": origin.output, "header": header(origin, self.name, self.usage(origin))}
        if plan.empty:
            return document
        _check(plan, report)
        nodes = make_rules.nodes(plan)
        document["state"] = make_names.state(origin.name)
        document.update(_places(plan, report))
        document["chosen"] = [node["target"] for node in nodes if "image" in node.get("exec", {})]
        document["nodes"] = nodes
        return document

    def render(self, document: Document) -> Files:
        """The makefile."""
        from conducto.templating import render, source

        if "nodes" not in document:
            return {document["output"]: render("make/empty.mk.j2", make_text.word, header=document["header"])}
        text = render(
            "make/pipeline.mk.j2",
            make_text.dollars,
            header=document["header"],
            state=document["state"],
            places=_place_lines(document),
            names=_name_lines(document),
            rules=[make_rules.rule(node) for node in document["nodes"]],
            engine=source("make/engine.sh"),
        )
        return {document["output"]: text}


def _check(plan: Plan, report: Report) -> None:
    for number, size in make_rules.texts(plan):
        row = plan.rows[number]
        if size > _MOST_TEXT:
            message = f"command and env of this node have {size:,} bytes, and make can hand on {_MOST_TEXT:,}"
            report.error("C310", message, node=plan.path(number), site=row.site, help="put some into a file")


def _places(plan: Plan, report: Report) -> Dict[str, str]:
    """Where nodes run that were given no image: `default_image` if there are any, and `folder` if it can be told."""
    places: Dict[str, str] = {}
    free = [number for number in plan.leaves() if not plan.rows[number].chosen]
    if free:
        places["default_image"] = plan.rows[free[0]].image or ""
    origin = plan.origin
    if not origin.output.startswith("../"):
        places["folder"] = posixpath.relpath(f"/{origin.folder}", f"/{posixpath.dirname(origin.output)}")
    elif free and not places["default_image"]:
        row = plan.rows[free[0]]
        message = (
            "this node runs without a container, and from a makefile outside of the repository its folder is not known"
        )
        report.warning("C312", message, node=plan.path(free[0]), site=row.site, help="run it by `make FOLDER=path`")
    return places


def _place_lines(document: Document) -> List[str]:
    lines = make_text.assignment("FOLDER", document.get("folder", ""))
    if "default_image" in document:
        lines = make_text.assignment("DEFAULT_IMAGE", document["default_image"]) + lines
    return lines


def _name_lines(document: Document) -> List[str]:
    """The variables that hold all targets, and (to be refused without docker) those of nodes that were given an image."""
    lines = make_text.wrapped("NODES :=", [node["target"] for node in document["nodes"]])
    chosen = document["chosen"]
    if chosen:
        lines.append(f"CHOSEN := {chosen[0]}" + (f" (and {len(chosen) - 1} more)" if chosen[1:] else ""))
    return lines
