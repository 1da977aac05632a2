"""The templates of a plan: `steps` for what stops at a failure, a `dag` for a Serial that goes on, leaves inline."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Tuple

from conducto.ir.plan import Plan

from .argo_leaf import Leaf, again
from .argo_names import ROOT, holder_name, part_name, step_name, task_name, template_name, wrapper_name

#: The full CRDs take no more tasks in a dag.
TASKS = 200

Template = Dict[str, Any]


class Shape:
    """Where a plan needs more than a template for each group. `most` are the groups that run but so many children at once."""

    def __init__(self, plan: Plan, most: Mapping[int, int]) -> None:
        self.plan = plan
        self.most = most
        self.goes_on: Tuple[bool, ...] = tuple(self._goes_on(number) for number in range(len(plan.rows)))

    def _goes_on(self, number: int) -> bool:
        """Whether a Serial has children to run after one that failed; then it is a dag, as a group of steps would stop."""
        row = self.plan.rows[number]
        if row.kind != "serial" or row.stop_on_error:
            return False
        return not all(self.plan.rows[child].suppress_errors for child in self.plan.children(number)[:-1])

    def around(self, number: int) -> str:
        """The template of one step around a node that runs, "" for none.

        Errors are suppressed where no step calls the node; and an Exec that is tried again holds its place among those that
        run at once between its attempts too, which Argo alone would not count.
        """
        row = self.plan.rows[number]
        if row.suppress_errors and (number == 0 or self.goes_on[row.parent]):
            return wrapper_name(self.plan.path(number))
        if row.kind == "exec" and row.retries and row.parent in self.most:
            return holder_name(self.plan.path(number))
        return ""

    def depths(self) -> List[int]:
        """For each row the templates above it and its own, each of which is a level to Argo; and one more in a group that is
        tried again, as Argo looks at the group once more from within when an attempt has failed.
        """
        found: List[int] = []
        again: List[bool] = []
        for number, row in enumerate(self.plan.rows):
            split = self.goes_on[row.parent] and len(self.plan.children(row.parent)) > TASKS if number else False
            tried = number > 0 and again[row.parent]
            again.append(tried or (row.retries > 0 and row.kind != "exec"))
            around = self.plan.runs[number] and self.around(number) != ""
            found.append((found[row.parent] if number else 0) + split + 1 + around + again[number] - tried)
        return found


class Templates:
    """Makes the templates of a plan that has something to run: a group's, and the one around a node that needs it."""

    def __init__(self, plan: Plan, leaves: Mapping[int, Leaf], shape: Shape) -> None:
        self.plan = plan
        self.leaves = leaves
        self.shape = shape

    def all(self) -> List[Tuple[int, Template]]:
        """The templates, each with the row that it is of, in the tree's order; the first is the entrypoint."""
        found: List[Tuple[int, Template]] = []
        for number in range(len(self.plan.rows)):
            if self.plan.runs[number]:
                found.extend((number, template) for template in self._of(number))
        return found

    def _of(self, number: int) -> Iterator[Template]:
        around = self.shape.around(number)
        if around:
            yield {"name": around, "steps": [[self._step(number)]]}
        if self.plan.rows[number].kind != "exec":
            yield from self._group(number)
        elif number == 0 and not around:
            yield {"name": ROOT, **self.leaves[number].template}

    def _group(self, number: int) -> List[Template]:
        path, row, children = self.plan.path(number), self.plan.rows[number], self.plan.children(number)
        bounds: Template = {"parallelism": self.shape.most[number]} if number in self.shape.most else {}
        if row.retries:
            bounds["retryStrategy"] = again(row.retries)
        if self.shape.goes_on[number]:
            return _dags(path, [self._task(child) for child in children], bounds)
        steps = [self._placed(child) for child in children]
        groups = [steps] if row.kind == "parallel" else [[step] for step in steps]
        return [{"name": template_name(path), **bounds, "steps": groups}]

    def _placed(self, number: int) -> Dict[str, Any]:
        """The step of a group that calls a child, by the template around it where there is one."""
        around = self.shape.around(number)
        return {"name": step_name(self.plan.rows[number].name), "template": around} if around else self._step(number)

    def _task(self, number: int) -> Dict[str, Any]:
        name, around = task_name(self.plan.rows[number].name), self.shape.around(number)
        return {"name": name, "template": around} if around else {"name": name, **self._call(number)}

    def _step(self, number: int) -> Dict[str, Any]:
        """The step that calls a node itself."""
        row = self.plan.rows[number]
        name = step_name(row.name) if number else ROOT
        forgiven = {"continueOn": {"failed": True, "error": True}} if row.suppress_errors else {}
        return {"name": name, **forgiven, **self._call(number)}

    def _call(self, number: int) -> Dict[str, Any]:
        if self.plan.rows[number].kind == "exec":
            return {"inline": self.leaves[number].template}
        return {"template": template_name(self.plan.path(number))}


def _dags(path: str, tasks: List[Dict[str, Any]], bounds: Mapping[str, Any]) -> List[Template]:
    """A dag of the tasks in a row, or where these are too many a dag of such dags."""
    name = template_name(path)
    if len(tasks) <= TASKS:
        return [_dag(name, tasks, bounds)]
    parts = [tasks[at : at + TASKS] for at in range(0, len(tasks), TASKS)]
    outer = [{"name": f"part-{count}", "template": part_name(path, count)} for count in range(1, len(parts) + 1)]
    return [_dag(name, outer, bounds), *(_dag(call["template"], part, {}) for call, part in zip(outer, parts))]


def _dag(name: str, tasks: List[Dict[str, Any]], bounds: Mapping[str, Any]) -> Template:
    """Each task runs once the one before has ended, however; the dag fails if any has: a task that were not in `target`,
    and that none in it waits for, would never run.
    """
    chained: List[Dict[str, Any]] = []
    for task in tasks:
        before = chained[-1]["name"] if chained else ""
        after = {"depends": f"{before} || {before}.Failed || {before}.Errored || {before}.Omitted"} if before else {}
        chained.append({"name": task["name"], **after, **task})
    target = " ".join(task["name"] for task in tasks)
    return {"name": name, **bounds, "dag": {"failFast": False, "target": target, "tasks": chained}}
