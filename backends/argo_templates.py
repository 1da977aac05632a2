"""The templates of a plan: `steps` for what stops at a failure, a `dag` for a Serial that goes on, leaves inline."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Tuple

from ..ir.plan import Plan
from .argo_leaf import leaf
from .argo_text import ROOT, step_name, task_name, template_name

#: The full CRDs take no more tasks in a dag.
TASKS = 200

#: A name, and what it stands for.
Template = Dict[str, Any]


def templates(plan: Plan) -> List[Tuple[int, Template]]:
    """The templates, each with the row that it is of, in the tree's order; the first is the entrypoint."""
    if plan.empty:
        return [(0, {"name": ROOT, "suspend": {"duration": "0"}})]
    return list(_templates(plan))


def _templates(plan: Plan) -> Iterator[Tuple[int, Template]]:
    for number, row in enumerate(plan.rows):
        if not plan.runs[number]:
            continue
        if wrapped(plan, number):
            yield number, {"name": _wrapper(plan, number), "steps": [[_forgiving(plan, number)]]}
        if row.kind != "exec":
            for template in _group(plan, number):
                yield number, template
        elif number == 0 and not wrapped(plan, number):
            yield number, {"name": ROOT, **leaf(plan, number)}


def _group(plan: Plan, number: int) -> List[Template]:
    name, children = template_name(plan.path(number)), plan.children(number)
    if plan.rows[number].kind == "parallel":
        return [{"name": name, "steps": [[_step(plan, child) for child in children]]}]
    if not goes_on(plan, number):
        return [{"name": name, "steps": [[_step(plan, child)] for child in children]}]
    return _dags(name, [_task(plan, child) for child in children])


def goes_on(plan: Plan, number: int) -> bool:
    """Whether a Serial has children to run after one that failed; then it is a dag, as a group of steps would stop."""
    row = plan.rows[number]
    if row.kind != "serial" or row.stop_on_error:
        return False
    return not all(plan.rows[child].suppress_errors for child in plan.children(number)[:-1])


def wrapped(plan: Plan, number: int) -> bool:
    """Whether a node's errors are suppressed where no step calls it: by a template of one step around it."""
    row = plan.rows[number]
    return row.suppress_errors and (row.parent < 0 or goes_on(plan, row.parent))


def depths(plan: Plan) -> List[int]:
    """For each row how many templates are above it and its own, each of which is a level to Argo."""
    found: List[int] = []
    for number, row in enumerate(plan.rows):
        above = 0 if row.parent < 0 else found[row.parent]
        split = row.parent >= 0 and goes_on(plan, row.parent) and len(plan.children(row.parent)) > TASKS
        found.append(above + split + 1 + wrapped(plan, number))
    return found


def _wrapper(plan: Plan, number: int) -> str:
    return f"{template_name(plan.path(number))}---may-fail"


def _call(plan: Plan, number: int) -> Dict[str, Any]:
    if plan.rows[number].kind == "exec":
        return {"inline": leaf(plan, number)}
    return {"template": template_name(plan.path(number))}


def _forgiving(plan: Plan, number: int) -> Dict[str, Any]:
    name = ROOT if number == 0 else step_name(plan.rows[number].name)
    return {"name": name, "continueOn": {"failed": True, "error": True}, **_call(plan, number)}


def _step(plan: Plan, number: int) -> Dict[str, Any]:
    if plan.rows[number].suppress_errors:
        return _forgiving(plan, number)
    return {"name": step_name(plan.rows[number].name), **_call(plan, number)}


def _task(plan: Plan, number: int) -> Dict[str, Any]:
    name = task_name(plan.rows[number].name)
    return {"name": name, **({"template": _wrapper(plan, number)} if wrapped(plan, number) else _call(plan, number))}


def _dags(name: str, tasks: List[Dict[str, Any]]) -> List[Template]:
    """A dag of the tasks in a row, or where these are too many a dag of such dags."""
    if len(tasks) <= TASKS:
        return [_dag(name, tasks)]
    parts = [tasks[at : at + TASKS] for at in range(0, len(tasks), TASKS)]
    names = [f"{name}---part-{count}" for count in range(1, len(parts) + 1)]
    outer = [{"name": f"part-{count}", "template": part} for count, part in enumerate(names, 1)]
    return [_dag(name, outer), *(_dag(part, inner) for part, inner in zip(names, parts))]


def _dag(name: str, tasks: List[Dict[str, Any]]) -> Template:
    """Each task runs once the one before has ended, however; the dag fails if any has (all are its target)."""
    chained = []
    before = ""
    for task in tasks:
        after = {"depends": f"{before} || {before}.Failed || {before}.Errored || {before}.Omitted"} if before else {}
        before = task["name"]
        chained.append({"name": before, **after, **{key: value for key, value in task.items() if key != "name"}})
    target = " ".join(task["name"] for task in tasks)
    return {"name": name, "dag": {"failFast": False, "target": target, "tasks": chained}}
