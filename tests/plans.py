"""Trees and plans made in the tests' own process, as the compiler makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import conducto as co
from conducto.diagnostics import Report
from conducto.ir import lower, resolve, translate
from conducto.ir.plan import Origin, Plan

ORIGIN = Origin("pipeline", "pipeline.py", "run")


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


def plan(root: co.Node, report: Report | None = None) -> Plan:
    """The plan of `root` with default image `default`."""
    tree = translate.translate(resolve.resolve(root, "default"))
    return lower.lower(tree, ORIGIN, {}, report or Report())


def chain(length: int, leaf: co.Node) -> co.Node:
    """Serials one in another, `leaf` in the last."""
    root = node = co.Serial()
    for _ in range(length - 1):
        inner = co.Serial()
        node["n"] = inner
        node = inner
    node["leaf"] = leaf
    return root
