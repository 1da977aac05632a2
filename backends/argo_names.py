"""Names of templates, steps and objects, made of paths."""

from __future__ import annotations

import re
from typing import Dict

from ..ir.plan import Plan
from ..naming import KUBERNETES, Rule, mangle

#: Argo takes 128 characters for a template, a step or a task; the tail is for what is put behind a name.
_NAME = Rule("[A-Za-z0-9-]", "[A-Za-z]", "[A-Za-z0-9]", 110)
_SIMPLE = re.compile("[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*")

#: The template that a run begins with.
ENTRYPOINT = "main"


def object_name(plan: Plan) -> str:
    """The name of the WorkflowTemplate and of what belongs to it."""
    return mangle(plan.origin.name, KUBERNETES)


def step_name(name: str) -> str:
    """A node's name as that of a step among its siblings."""
    return mangle(name, _NAME)


def template_names(plan: Plan) -> Dict[int, str]:
    """Row -> name of its template: `/Test/unit` -> `Test--unit`; the root's is the entrypoint."""
    return {number: _template_name(plan.path(number)) for number in range(len(plan.rows)) if plan.runs[number]}


def _template_name(path: str) -> str:
    if path == "/":
        return ENTRYPOINT
    names = path[1:].split("/")
    joined = "--".join(names)
    if joined != ENTRYPOINT and all(_SIMPLE.fullmatch(name) for name in names):
        return mangle(joined, _NAME)
    return mangle(path, _NAME)


def forgiving_name(template: str) -> str:
    """The template around a node whose failure is forgiven; three dashes stand in no other name."""
    return f"{template}---forgiven"


def config_name(plan: Plan, number: int) -> str:
    """The ConfigMap that holds the large texts of an Exec."""
    return mangle(f"{plan.origin.name}:{plan.path(number)}", KUBERNETES)
