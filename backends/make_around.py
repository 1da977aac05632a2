"""What the nodes around a node ask of it: time, room, a container that it shares, and another run of all of it."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List

from conducto import features
from conducto.ir.plan import Plan
from conducto.ir.tree import Row

#: The targets of attempts are below it, so no node's are.
ATTEMPT = "attempt"


class Around:
    """For each row, the rows above that it must heed: looked up, not kept, as in a chain there are many for each."""

    def __init__(self, plan: Plan, targets: List[str]) -> None:
        self._plan = plan
        self._targets = targets
        crowded = features.crowded(plan)
        self._timed = self._nearest(lambda number, row: row.kind != "exec" and row.max_time is not None)
        self._limited = self._nearest(lambda number, row: number in crowded)
        self._retried = self._nearest(lambda number, row: row.kind != "exec" and row.retries > 0)
        self._shared = self._containers()
        self._mounted = {
            *(plan.rows[number].container for number in plan.leaves() if plan.rows[number].data),
            *(plan.rows[number].container for number in plan.growing()),
        }

    def _nearest(self, counts: Callable[[int, Row], bool]) -> List[int]:
        """For each row the nearest row above it that counts, -1 for none."""
        found: List[int] = []
        for row in self._plan.rows:
            above = row.parent
            found.append(above if above < 0 or counts(above, self._plan.rows[above]) else found[above])
        return found

    def _containers(self) -> Dict[int, None]:
        """The NEW nodes whose Execs share a container: not those of which one Exec, or each attempt of it, is all."""
        counts: Dict[int, int] = {}
        for number in self._plan.leaves():
            row = self._plan.rows[number]
            if row.container >= 0 and row.container != number:
                again = row.retries > 0 or self._retried[number] > row.container
                counts[row.container] = counts.get(row.container, 0) + (2 if again else 1)
        for number in self._plan.growing():
            counts[self._plan.rows[number].container] = 2
        counts.pop(-1, None)
        return {number: None for number, count in counts.items() if count > 1}

    def shares(self, number: int) -> bool:
        """Whether a container of the row's is shared by Execs in it."""
        return number in self._shared

    def of(self, number: int) -> Dict[str, Any]:
        """What an Exec, or a group that is tried again, must be told of the nodes around it, the outermost first."""
        rows, found = self._plan.rows, {}
        within = [{"target": self._targets[up], "seconds": rows[up].max_time} for up in self._up(self._timed, number)]
        if within:
            found["within"] = within[::-1]
        if rows[number].kind == "exec":
            slots = [
                {"target": self._targets[up], "count": rows[up].max_concurrent}
                for up in self._up(self._limited, number)
            ]
            if slots:
                found["slots"] = slots[::-1]
        return found

    def _up(self, nearest: List[int], number: int) -> Iterator[int]:
        while nearest[number] >= 0:
            number = nearest[number]
            yield number

    def retried(self, number: int) -> Iterator[int]:
        """The groups above a row that are tried again."""
        return self._up(self._retried, number)

    def container(self, number: int) -> Dict[str, Any]:
        """The target of the NEW node whose container an Exec shares, and whether shared data is mounted there for others: for one
        that needs it, or for what may be generated.
        """
        row = self._plan.rows[number]
        if row.container not in self._shared:
            return {}
        mounts = row.container in self._mounted and not row.data
        return {"container": self._targets[row.container], **({"mounts": True} if mounts else {})}

    def containers_above(self) -> Dict[int, Dict[str, None]]:
        """For each group that is tried again, the NEW nodes above it whose containers Execs in it share."""
        found: Dict[int, Dict[str, None]] = {}
        for number in (*self._plan.leaves(), *self._plan.growing()):
            new = self._plan.rows[number].container
            if new in self._shared:
                for up in self.retried(number):
                    if up > new:
                        found.setdefault(up, {})[self._targets[new]] = None
        return found
