"""Target `make`: one makefile that runs a pipeline with GNU make and docker, or without docker on this host."""

from __future__ import annotations

import posixpath
from array import array
from typing import Any, List, Mapping, Optional

from conducto.diagnostics import Report
from conducto.features import FEATURES
from conducto.header import header
from conducto.ir.plan import Origin, Plan
from conducto.quantities import DOCKER_LEAST_MEMORY
from conducto.targets import Document, Files, Limits, OnDemand
from conducto.text import shell_word

from . import make_about, make_checks, make_engine, make_lines, make_names, make_places, make_rules, make_text
from .make_images import Images
from .make_schema import SCHEMA

#: GNU make recurses on the levels: with the usual stack of 8 MiB it goes down with a signal between 20,000 and 30,000.
LEVELS = 10_000


class Make:
    """The target `make`. Its state and logs go to `.conducto/state/NAME` beside the makefile."""

    name = "make"
    title = "make"
    limits = Limits(depth=LEVELS, least_memory=DOCKER_LEAST_MEMORY, says=frozenset(FEATURES))
    schema: Optional[Mapping[str, Any]] = SCHEMA
    settings: Mapping[str, Any] = {}
    options: Mapping[str, Any] = {}

    def output(self, origin: Origin) -> str:
        """`<stem>.mk` beside the source."""
        return posixpath.join(origin.folder, f"{origin.stem}.mk")

    def usage(self, origin: Origin) -> List[str]:
        """The commands that run all, one node, and help."""
        make = f"make -f {shell_word(origin.shown_output)}"
        return [make, f"{make} help"]

    def document(self, plan: Plan, report: Report) -> Document:
        """The document: the nodes in order, and what all of them share. Reports C310 and C312-C315."""
        origin = plan.origin
        document: Document = {"output": origin.output, "header": header(origin, self.name, self.usage(origin))}
        if plan.empty:
            return document
        make_checks.check(plan, report)
        rules = make_rules.Rules(plan, Images(plan))
        images = rules.images_document()
        make_checks.check_above(plan, rules.node, report)
        document["state"] = make_names.LAUNCHED if origin.launched else make_names.state(origin.name)
        document.update(make_places.document(plan, report))
        document["chosen"] = make_rules.chosen(plan, rules.targets)
        document.update(make_rules.sharing(plan, rules.targets) if plan.data else {})
        if images:
            document["images"] = images
        document["nodes"] = OnDemand(rules.node, array("l", rules.running()))
        return document

    def render(self, document: Document) -> Files:
        """The makefile."""
        from conducto.templating import render, source

        if "nodes" not in document:
            return {document["output"]: render("make/empty.mk.j2", make_text.word, header=document["header"])}
        about = make_about.About(document)
        text = render(
            "make/pipeline.mk.j2",
            make_text.dollars,
            header=document["header"],
            state=document["state"],
            places=make_places.lines(document),
            names=_name_lines(document, about),
            rules=map(make_lines.rule, document["nodes"]),
            images=[make_lines.image(image) for image in document.get("images", ())],
            user_data=" USER_DATA" if "user_data" in document else "",
            grows=about.grows,
            engine=[source(part) for part in make_engine.parts(document, about.needs)],
        )
        return {document["output"]: text}


def _name_lines(document: Document, about: make_about.About) -> List[str]:
    """The variables that hold all targets, and (to be refused without docker) those of nodes that need their image, or data."""
    variables = {
        "NODES": about.targets,
        "ATTEMPTS": about.attempts,
        "IMAGES": [image["target"] for image in document.get("images", ())],
    }
    lines = [line for name, words in variables.items() if words for line in make_text.wrapped(f"{name} :=", words)]
    for name in ("chosen", "sharing", "sharing_here"):
        found = document.get(name)
        if found:
            lines.append(f"{name.upper()} := {found[0]}" + (f" (and {len(found) - 1} more)" if found[1:] else ""))
    return lines
