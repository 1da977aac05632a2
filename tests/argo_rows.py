"""Plans for target argo, made of rows: every attribute that a node can have, without what makes rows of nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema

from conducto import limits, options, targets
from conducto.diagnostics import Diagnostic, Report
from conducto.ir.images import Code, ImageSpec
from conducto.ir.plan import File, Origin, Plan
from conducto.ir.tree import Row, Tree
from conducto.targets import Document

ARGO = targets.get("argo")
IMAGE = ImageSpec("local/busybox:1")


def group(parent: int, name: str, kind: str = "parallel", **more: Any) -> Row:
    """A group's row; the root's with parent -1 and no name."""
    return Row(parent, name, kind, **more)


def leaf(parent: int, name: str, command: str = "true", **more: Any) -> Row:
    """An Exec's row, by default in IMAGE."""
    return Row(parent, name, "exec", command=command, **{"image": IMAGE, **more})


def plan_of(
    rows: Sequence[Row],
    name: str = "p",
    files: Mapping[Code, Sequence[File]] | None = None,
    archive: bytes = b"",
    **settings: Any,
) -> Plan:
    """The plan of rows in pre-order, with what the compiler would add to it."""
    origin = Origin(name, f"{name}.py", "run", output=f"{name}.argo.yaml")
    plan = Plan(Tree(rows), origin, settings, archive)
    plan.files = files or {}
    return plan


def checked(plan: Plan) -> tuple[Document, list[Diagnostic]]:
    """The document of a plan and all that is said of it; AssertionError where the document breaks its schema."""
    report = Report()
    limits.check_plan(plan, ARGO, report)
    options.check_options(plan, ARGO, report)
    document = ARGO.document(plan, report)
    if not report.errors:
        assert ARGO.schema is not None
        error = next(iter(jsonschema.Draft202012Validator(ARGO.schema).iter_errors(document)), None)
        assert error is None, (error.json_path, error.message)
    return document, list(report.diagnostics)


def document(plan: Plan) -> Document:
    """The document of a plan that is taken without a word."""
    found, said = checked(plan)
    assert said == []
    return found


def said(plan: Plan) -> list[tuple[str, str | None]]:
    """Codes and nodes of what is said of a plan."""
    return [(diagnostic.code, diagnostic.node) for diagnostic in checked(plan)[1]]


def spec(plan: Plan) -> Any:
    """The spec of the WorkflowTemplate of a plan that is taken."""
    return document(plan)["workflow"]["spec"]


def template(plan: Plan, name: str = "pipeline") -> Any:
    """One template of a plan that is taken."""
    (found,) = [template for template in spec(plan)["templates"] if template["name"] == name]
    return found


def alone(**more: Any) -> Any:
    """The template of an Exec that is the root."""
    return template(plan_of([leaf(-1, "", **more)]))
