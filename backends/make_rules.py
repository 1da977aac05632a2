"""The nodes of a plan, as data."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from conducto.ir.plan import Plan

from . import make_above, make_exec, make_names
from .make_around import ATTEMPT, Around
from .make_images import Images

#: Characters of a group's path in a comment.
_MOST_SHOWN = 200


class Before(NamedTuple):
    """What comes before a node: what it needs to be done, and what it comes after, however that ended ("" for nothing)."""

    need: str = ""
    after: str = ""


def chosen(plan: Plan, targets: List[str], first: int = 0) -> List[str]:
    """The targets of those Execs, from row `first`, that nothing but their image will do for."""
    leaves = [number for number in plan.leaves() if number >= first]
    return [targets[number] for number in leaves if plan.rows[number].needs_container]


def sharing(plan: Plan, targets: List[str], first: int = 0) -> Dict[str, List[str]]:
    """The targets of those Execs, from row `first`, that need shared data: `sharing` all of them, `sharing_here` those that
    run without a container where there is no default image.
    """
    numbers = [number for number in plan.leaves() if number >= first and plan.rows[number].data]
    here = [number for number in numbers if plan.rows[number].is_free]
    return {"sharing": [targets[number] for number in numbers], "sharing_here": [targets[number] for number in here]}


def _order(plan: Plan, targets: List[str]) -> List[Before]:
    """What comes before each row.

    A child has what its parent has, but for a Serial's later ones: they need the child before them, or, where errors do not
    stop, only come after it. A child that does not run fails for those that need it, so one name says all.
    """
    before = [Before()] * len(plan.rows)
    for number, row in enumerate(plan.rows):
        last = ""
        for child in plan.children(number) if plan.runs[number] else ():
            before[child] = before[number]
            if last and row.stop_on_error:
                before[child] = Before(need=last)
            elif last:
                before[child] = Before(before[number].need, last)
            if row.kind == "serial":
                last = targets[child]
    return before


class Rules:
    """What the rows of a plan become, as plain data."""

    def __init__(self, plan: Plan, images: Images, above: Sequence[str] = ()) -> None:
        """`above` are the targets of the first rows, where the others were generated and are alone wanted."""
        self.plan = plan
        self.images = images
        self.first = len(above)
        self.targets = make_names.targets(plan, above)
        self.before = _order(plan, self.targets)
        self.around = Around(plan, self.targets)
        self.containers = self.around.containers_above()
        self.images_above = self._images_above()

    def images_document(self) -> List[Dict[str, Any]]:
        """The images that are built: each comes after what the part of the tree comes after that it is for."""
        return [{**image, **self.before[self.images.place(spec)]._asdict()} for spec, image in self.images.document()]

    def each_node(self) -> Iterator[Dict[str, Any]]:
        """The nodes that run, in order, a group before what it holds: one after the other, as what all say together of the
        nodes above may be far more than the nodes.
        """
        return map(self.node, self.running())

    def names(self) -> Tuple[List[str], List[str]]:
        """The targets of the nodes that run, and of the attempts of those groups that are tried again."""
        rows = self.plan.rows
        again = [number for number in self.running() if rows[number].kind != "exec" and rows[number].retries]
        return [self.targets[number] for number in self.running()], [f"{ATTEMPT}/{self.targets[up]}" for up in again]

    def running(self) -> Iterator[int]:
        """The numbers of the rows that become nodes."""
        return (number for number in range(self.first, len(self.plan.rows)) if self.plan.runs[number])

    def node(self, number: int) -> Dict[str, Any]:
        """What the row of a number becomes."""
        row, target, before = self.plan.rows[number], self.targets[number], self.before[number]
        node: Dict[str, Any] = {"target": target, "need": before.need, "after": before.after}
        node.update({key: getattr(row, key) for key in ("title", "doc") if getattr(row, key)})
        if row.tags:
            node["tags"] = list(row.tags)
        if row.suppress_errors:
            node["suppress_errors"] = True
        if number and make_names.parent(target) != self.targets[row.parent]:
            node["in"] = self.targets[row.parent]
        path = self.plan.path(number) if row.kind == "exec" else _end_of_path(self.plan, number)
        if number and path != f"/{target}":
            node["path"] = path
        return {**node, **(self._exec(number) if row.kind == "exec" else self._group(number))}

    def _exec(self, number: int) -> Dict[str, Any]:
        around = {**self.around.container(number), **self.around.of(number)}
        found: Dict[str, Any] = {"exec": make_exec.document(self.plan, self.images, number, around)}
        if self.plan.rows[number].lazy and self.plan.runs[number + 1]:
            found["above"] = make_above.text(self.plan, number + 1, self.targets)
        return found

    def _group(self, number: int) -> Dict[str, Any]:
        row = self.plan.rows[number]
        group: Dict[str, Any] = {"children": [self.targets[child] for child in self.plan.children(number)]}
        if row.lazy and number >= self.first:
            group = {"from": self.targets[number - 1]}
        if self.around.shares(number):
            group["shares"] = True
        if row.retries:
            again = {"retries": row.retries, **self.around.of(number)}
            group["again"] = {
                **again,
                "containers": list(self.containers.get(number, ())),
                "images": list(self.images_above.get(number, ())),
            }
        return group

    def _images_above(self) -> Dict[int, Dict[str, None]]:
        """For each group that is tried again, the images that Execs in it have and that are not built with a part of it."""
        found: Dict[int, Dict[str, None]] = {}
        for number in self.plan.leaves():
            spec = self.plan.rows[number].image
            if spec is not None and spec in self.images:
                for up in self.around.retried(number):
                    if self.images.place(spec) <= up:
                        found.setdefault(up, {})[self.images.target(spec)] = None
        return found


def _end_of_path(plan: Plan, number: int) -> str:
    """The path of a group, which is only shown: of a long one the end, as the paths of a chain together are its square."""
    names: List[str] = []
    size = 0
    while plan.rows[number].parent >= 0:
        name = plan.rows[number].name
        names += [name] if name else []
        size += len(name) + 1 if name else 0
        if size > _MOST_SHOWN:
            return ".../" + "/".join(reversed(names))
        number = plan.rows[number].parent
    return "/" + "/".join(reversed(names))
