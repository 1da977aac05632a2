"""Trees and plans made in the tests' own process, as the compiler makes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import conducto as co
from conducto.diagnostics import Report
from conducto.ir import lower, resolve, shared, translate
from conducto.ir.plan import Origin, Plan
from conducto.ir.tree import Tree
from conducto.repository import Repository

ORIGIN = Origin("pipeline", "pipeline.py", "run")
#: The repository that paths of images are relative to.
HOME = Repository(str(Path(__file__).resolve().parent.parent), True)


def build(kind: type[co.Node], children: Mapping[str, co.Node], **own: Any) -> co.Node:
    """A group with these children."""
    node = kind(**own)
    for name, child in children.items():
        node[name] = child
    return node


def serial(children: Mapping[str, co.Node] | None = None, **own: Any) -> co.Node:
    return build(co.Serial, children or {}, **own)


def parallel(children: Mapping[str, co.Node] | None = None, **own: Any) -> co.Node:
    return build(co.Parallel, children or {}, **own)


def resolved(root: co.Node, default: str = "default", report: Report | None = None) -> Tree:
    """The tree of `root` with default image `default`, commands as they were written; raises what is wrong with it."""
    report = Report() if report is None else report
    tree = resolve.resolve(root, default, HOME, report)
    report.raise_errors()
    return tree


def tree(root: co.Node, default: str = "default", report: Report | None = None) -> Tree:
    """The same with text for commands."""
    report = Report() if report is None else report
    found = translate.translate(shared.shared(resolved(root, default, report), False), HOME, "", report)
    report.raise_errors()
    return found


def plan(root: co.Node, report: Report | None = None) -> Plan:
    """The plan of `root` with default image `default`."""
    report = Report() if report is None else report
    return lower.lower(tree(root, report=report), ORIGIN, {}, report)


def chain(length: int, leaf: co.Node, name: str = "leaf") -> co.Node:
    """Serials one in another, `leaf` (called `name`) in the last."""
    root = node = co.Serial()
    for _ in range(length - 1):
        inner = co.Serial()
        node["n"] = inner
        node = inner
    node[name] = leaf
    return root
