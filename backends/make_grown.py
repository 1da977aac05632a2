"""What a Generate printed -> rules for the make that runs it: called by the makefile, with the standard library alone."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import sys
from typing import IO, Any, Iterator, List, Mapping

from conducto.diagnostics import ConductoError
from conducto.ir import above as places
from conducto.ir import grow
from conducto.ir.plan import Plan
from conducto.paths import DATA
from conducto.repository import Repository
from conducto.text import shown
from conducto.wire.bounds import Unreadable

from . import make_checks, make_lines, make_names, make_rules, make_text
from .make_images import Images

#: Bytes of the rules of a generated tree: each Exec is told all that is handed down to it, so they may be far more than it.
RULES = 64 << 20
#: Characters of what is said of it.
_MOST_SAID = 1_000


def main(log: str, start: str, output: str) -> int:
    """Write the rules of the pipeline that stands in `log` from byte `start`, to file `output`; 1, with what is wrong printed.

    What the nodes above are is in the environment, as CONDUCTO_ABOVE; the repository's root as CONDUCTO_ROOT.
    """
    gc.disable()  # it would look for cycles among all nodes, again and again
    try:
        told: Mapping[str, Any] = json.loads(os.environ["CONDUCTO_ABOVE"])
        with open(log, "rb") as printed:
            printed.seek(int(start))
            _write(output, rules(printed, told, os.environ))
    except (Unreadable, ConductoError) as error:
        print(_said(error))
        return 1
    return 0


def _said(error: Exception) -> str:
    """What is wrong on one line that no terminal acts on and every locale can print, whatever was taken from outside."""
    text = str(error)
    if isinstance(error, ConductoError):
        first = error.diagnostics[0]
        text = f"the pipeline that it printed is wrong: {first.node + ': ' if first.node else ''}{first.message}"
    text = shown(text if len(text) <= _MOST_SAID else f"{text[:_MOST_SAID]}...")
    encoding = sys.stdout.encoding or "ascii"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _write(path: str, lines: Iterator[str]) -> None:
    size = 0
    with open(f"{path}.new", "wb") as file:
        try:
            for line in lines:
                size += file.write(f"{line}\n".encode())
                if size > RULES:
                    raise Unreadable(f"what its pipeline becomes has more than {RULES:,} bytes")
        except BaseException:
            os.unlink(file.name)
            raise
    os.replace(f"{path}.new", path)


def rules(printed: IO[bytes], told: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[str]:
    """The lines of a makefile that is read besides. Raises Unreadable and ConductoError."""
    home = Repository(os.path.realpath(environment.get("CONDUCTO_ROOT") or "."), True)
    above = places.read(told["above"])
    plan, first = grow.grown(printed, above, home)
    make_checks.check(plan, grow.First())
    if not plan.runs[first]:
        yield f"{_root(plan, told)}:;@:"
        return
    found = make_rules.Rules(plan, Images(plan, f"-{_short(told['targets'][-1])}"), told["targets"])
    _refuse(plan, found.targets, first, above, environment)
    images = found.images_document()
    targets, attempts = found.names()
    for name, words in (("NODES", targets), ("ATTEMPTS", attempts), ("IMAGES", [made["target"] for made in images])):
        yield from make_text.wrapped(f"{name} +=", words) if words else []
    for node in found.each_node():
        wrong = make_checks.too_much_above(node)
        if wrong:
            raise Unreadable(f"{node.get('path', node['target'])}: {wrong}")
        yield "\n".join(["", *make_lines.rule(node)])
    for made in images:
        yield "\n".join(["", *make_lines.image(made)])


def _refuse(plan: Plan, targets: List[str], first: int, above: places.Above, environment: Mapping[str, str]) -> None:
    if len(set(targets[first:])) < len(targets) - first:
        raise Unreadable("two of its nodes have names that cannot be told apart by their hashes")
    _refuse_without_docker(make_rules.chosen(plan, targets, first), environment)
    _refuse_without_data(make_rules.sharing(plan, targets, first), environment)
    _refuse_without_container(plan, targets, first, above, environment)


def _root(plan: Plan, told: Mapping[str, Any]) -> str:
    return make_names.targets(plan, told["targets"])[len(told["targets"])]


def _short(target: str) -> str:
    return hashlib.sha256(target.encode()).hexdigest()[:8]


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


def _refuse_without_container(
    plan: Plan, targets: List[str], first: int, above: places.Above, environment: Mapping[str, str]
) -> None:
    """Where the default image was taken away (DEFAULT_IMAGE=), what is in a container does not generate what is in none."""
    if not environment.get("CONDUCTO_HOSTED") or above.rows[-1].is_free:
        return
    free = [number for number in plan.leaves() if number >= first and plan.rows[number].is_free]
    if free:
        raise Unreadable(f"{targets[free[0]]} has no container, and what is above it has one")
