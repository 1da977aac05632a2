"""What a Generate printed -> rules for the make that runs it: called by the makefile, with the standard library alone."""

from __future__ import annotations

import hashlib
import json
import os
from typing import IO, Any, Dict, List, Mapping

from conducto.diagnostics import ConductoError, Report
from conducto.ir import above as places
from conducto.ir import grow
from conducto.ir.plan import Plan
from conducto.paths import DATA
from conducto.repository import Repository
from conducto.wire.bounds import Unreadable

from . import make_checks, make_lines, make_names, make_rules, make_text
from .make_around import ATTEMPT
from .make_images import Images


def main(log: str, start: str, output: str) -> int:
    """Write the rules of the pipeline that stands in `log` from byte `start`, to file `output`; 1, with what is wrong printed.

    What the nodes above are is in the environment, as CONDUCTO_ABOVE; the repository's root as CONDUCTO_ROOT.
    """
    try:
        told: Mapping[str, Any] = json.loads(os.environ["CONDUCTO_ABOVE"])
        with open(log, "rb") as printed:
            printed.seek(int(start))
            lines = rules(printed, told, os.environ)
    except Unreadable as error:
        print(error)
        return 1
    except ConductoError as error:
        first = error.diagnostics[0]
        print(f"the pipeline that it printed is wrong: {first.node + ': ' if first.node else ''}{first.message}")
        return 1
    _write(output, "".join(f"{line}\n" for line in lines))
    return 0


def _write(path: str, text: str) -> None:
    with open(f"{path}.new", "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    os.replace(f"{path}.new", path)


def rules(printed: IO[bytes], told: Mapping[str, Any], environment: Mapping[str, str]) -> List[str]:
    """The lines of a makefile that is read besides. Raises Unreadable and ConductoError."""
    home = Repository(os.path.realpath(environment.get("CONDUCTO_ROOT") or "."), True)
    plan, first = grow.grown(printed, places.read(told["above"]), home)
    report = Report()
    make_checks.check(plan, report)
    report.raise_errors()
    if not plan.runs[first]:
        return [f"{_root(plan, told)}:;@:"]
    found = make_rules.Rules(plan, Images(plan, f"-{_short(told['targets'][-1])}"), told["targets"])
    nodes, images = found.nodes(), found.images_document()
    _refuse_without_docker(make_rules.chosen(plan, found.targets, first), environment)
    _refuse_without_data(make_rules.sharing(plan, found.targets, first), environment)
    lines = make_text.wrapped("NODES +=", [node["target"] for node in nodes])
    for name, words in (("ATTEMPTS", _attempts(nodes)), ("IMAGES", [image["target"] for image in images])):
        lines += make_text.wrapped(f"{name} +=", words) if words else []
    for each in (*map(make_lines.rule, nodes), *map(make_lines.image, images)):
        lines += ["", *each]
    return lines


def _root(plan: Plan, told: Mapping[str, Any]) -> str:
    return make_names.targets(plan, told["targets"])[len(told["targets"])]


def _short(target: str) -> str:
    return hashlib.sha256(target.encode()).hexdigest()[:8]


def _attempts(nodes: List[Dict[str, Any]]) -> List[str]:
    return [f"{ATTEMPT}/{node['target']}" for node in nodes if "again" in node]


def _refuse_without_data(sharing: Mapping[str, List[str]], environment: Mapping[str, str]) -> None:
    """The same for nodes that run without a container and share data."""
    hosted = "sharing_here" if environment.get("CONDUCTO_HOSTED") else ""
    needs = sharing.get("sharing" if environment.get("CONDUCTO_ENGINE") == "host" else hosted)
    if needs and not os.access(DATA, os.W_OK):
        raise Unreadable(f"{needs[0]} names {DATA}, which cannot be written here")


def _refuse_without_docker(chosen: List[str], environment: Mapping[str, str]) -> None:
    """As the makefile does at once for nodes that it has from the beginning."""
    if chosen and environment.get("CONDUCTO_ENGINE") == "host" and environment.get("CONDUCTO_HOST_IMAGES") != "ignore":
        raise Unreadable(f"ENGINE=host has no images, and {chosen[0]} is given one")
