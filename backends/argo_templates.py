"""The templates of a plan: `steps` for what stops at a failure, a `dag` for a Serial that goes on, leaves inline."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Tuple

from conducto.ir.plan import Plan

from .argo_leaf import Leaf
from .argo_names import ROOT, part_name, step_name, task_name, template_name, wrapper_name

#: The full CRDs take no more tasks in a dag.
TASKS = 200

Template = Dict[str, Any]


class Templates:
    """Makes the templates of a plan that has something to run: a group's, and one around what may fail where no step calls it."""

    def __init__(self, plan: Plan, leaves: Mapping[int, Leaf]) -> None:
        self.plan = plan
        self.leaves = leaves

    def all(self) -> List[Tuple[int, Template]]:
        """The templates, each with the row that it is of, in the tree's order; the first is the entrypoint."""
        found: List[Tuple[int, Template]] = []
        for number in range(len(self.plan.rows)):
            if self.plan.runs[number]:
                found.extend((number, template) for template in self._of(number))
        return found

    def _of(self, number: int) -> Iterator[Template]:
        row, path = self.plan.rows[number], self.plan.path(number)
        if wrapped(self.plan, number):
            yield {"name": wrapper_name(path), "steps": [[self._step(number)]]}
        if row.kind != "exec":
            yield from self._group(path, number)
        elif number == 0 and not row.suppress_errors:
            yield {"name": ROOT, **self.leaves[number].template}

    def _group(self, path: str, number: int) -> List[Template]:
        children = self.plan.children(number)
        if goes_on(self.plan, number):
            return _dags(path, [self._task(child) for child in children])
        steps = [self._step(child) for child in children]
        parallel = self.plan.rows[number].kind == "parallel"
        return [{"name": template_name(path), "steps": [steps] if parallel else [[step] for step in steps]}]

    def _step(self, number: int) -> Dict[str, Any]:
        row = self.plan.rows[number]
        name = step_name(row.name) if number else ROOT
        forgiven = {"continueOn": {"failed": True, "error": True}} if row.suppress_errors else {}
        return {"name": name, **forgiven, **self._call(number)}

    def _task(self, number: int) -> Dict[str, Any]:
        name = task_name(self.plan.rows[number].name)
        if wrapped(self.plan, number):
            return {"name": name, "template": wrapper_name(self.plan.path(number))}
        return {"name": name, **self._call(number)}

    def _call(self, number: int) -> Dict[str, Any]:
        if self.plan.rows[number].kind == "exec":
            return {"inline": self.leaves[number].template}
        return {"template": template_name(self.plan.path(number))}


def goes_on(plan: Plan, number: int) -> bool:
    """Whether a Serial has children to run after one that failed; then it is a dag, as a group of steps would stop."""
    row = plan.rows[number]
    if row.kind != "serial" or row.stop_on_error:
        return False
    return not all(plan.rows[child].suppress_errors for child in plan.children(number)[:-1])


def wrapped(plan: Plan, number: int) -> bool:
    """Whether a node's errors are suppressed where no step calls it: by a template of one step around it."""
    row = plan.rows[number]
    return row.suppress_errors and (number == 0 or goes_on(plan, row.parent))


def depths(plan: Plan) -> List[int]:
    """For each row the templates above it and its own, each of which is a level to Argo."""
    found: List[int] = []
    split = [len(plan.children(number)) > TASKS and goes_on(plan, number) for number in range(len(plan.rows))]
    for number, row in enumerate(plan.rows):
        above = found[row.parent] + split[row.parent] if number else 0
        found.append(above + 1 + wrapped(plan, number))
    return found


def _dags(path: str, tasks: List[Dict[str, Any]]) -> List[Template]:
    """A dag of the tasks in a row, or where these are too many a dag of such dags."""
    name = template_name(path)
    if len(tasks) <= TASKS:
        return [_dag(name, tasks)]
    parts = [tasks[at : at + TASKS] for at in range(0, len(tasks), TASKS)]
    outer = [{"name": f"part-{count}", "template": part_name(path, count)} for count in range(1, len(parts) + 1)]
    return [_dag(name, outer), *(_dag(call["template"], part) for call, part in zip(outer, parts))]


def _dag(name: str, tasks: List[Dict[str, Any]]) -> Template:
    """Each task runs once the one before has ended, however; the dag fails if any has: a task that were not in `target`,
    and that none in it waits for, would never run.
    """
    chained: List[Dict[str, Any]] = []
    for task in tasks:
        before = chained[-1]["name"] if chained else ""
        after = {"depends": f"{before} || {before}.Failed || {before}.Errored || {before}.Omitted"} if before else {}
        chained.append({"name": task["name"], **after, **task})
    return {"name": name, "dag": {"failFast": False, "target": " ".join(t["name"] for t in tasks), "tasks": chained}}
