"""The reference interpreter for trees with attributes: which commands run in which attempts, in what surroundings.

Written from the meaning of a tree alone, as `reference` is, which it agrees with on trees without attributes. It plays the
tree; what a play does not decide (whether what may run beside a command that sleeps comes to run before the limit that ends
both) is left open.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from . import attributes
from .attributes import Inherited
from .grants import overreaching
from .look import Sight
from .observe import FLAKY, Run
from .reference import FAILING
from .trees import (
    KEEP_GOING,
    LAZY,
    SKIP,
    SUPPRESS,
    Tree,
    behaviour,
    children,
    execs,
    flags,
    generates,
    join,
    kind,
    name,
    walk,
)

DONE, FAILED = "done", "failed"
#: A limit above ended it: nothing more of what the limit is of is run, whatever the nodes between say.
LATE = "late"


@dataclass(frozen=True)
class Execution:
    """A command run once: that of `path`, for the nth time from 0; `container` tells NEW nodes' containers apart."""

    path: str
    number: int
    container: tuple[str, int] | None


@dataclass(frozen=True)
class Expected:
    """What a run must show."""

    status: str
    runs: Mapping[str, Sequence[Execution]]  # by the path of an exec, in their order
    ends: frozenset[Execution]  # those that come to their last line
    loose: frozenset[str]  # execs that may run as often as `runs` says, or less often
    before: frozenset[tuple[Execution, Execution]]  # (a, b): a must have ended before b starts
    given: Mapping[str, Inherited]  # of each exec, its own included
    attempts: Mapping[str, Sequence[str]]  # of each node with retries, how each of its attempts ended, in their order
    turns: frozenset[str]  # nodes whose turn comes: they run, or are skipped
    generate: frozenset[str]  # execs that are told to generate


_Result = tuple[str, list[Execution]]
_Play = Generator["_Play", Any, _Result]


def predict(tree: Tree) -> Expected:
    """What the tree must do."""
    player = _Player(overreaching(tree))
    status, _ = _run(player.node(tree, "/", attributes.NOTHING, None))
    runs = {path: player.runs[path] for path in execs(tree)}
    return Expected(
        DONE if status == DONE else FAILED,
        runs,
        frozenset(player.ends),
        frozenset(player.loose),
        frozenset(player.before),
        player.given,
        player.attempts,
        frozenset(player.turns),
        frozenset(generates(tree)),
    )


def _run(play: _Play) -> _Result:
    """Run a play that yields the plays it waits for: Python's stack does not grow with the tree."""
    stack: list[_Play] = [play]
    result: _Result | None = None
    while True:
        try:
            stack.append(stack[-1].send(result))
            result = None
        except StopIteration as end:
            stack.pop()
            result = end.value
            if not stack:
                return result


@dataclass
class _Player:
    """Plays nodes, and notes what happens."""

    overreaching: frozenset[str]
    runs: dict[str, list[Execution]] = field(default_factory=lambda: defaultdict(list))
    ends: set[Execution] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)
    before: set[tuple[Execution, Execution]] = field(default_factory=set)
    given: dict[str, Inherited] = field(default_factory=dict)
    attempts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    turns: set[str] = field(default_factory=set)
    containers: Counter[str] = field(default_factory=Counter)

    def node(self, node: Tree, path: str, above: Inherited, container: tuple[str, int] | None) -> _Play:
        """All attempts of a node; its outcome as its parent sees it."""
        self.turns.add(path)
        if SKIP in flags(node):
            return DONE, []
        given = above.below(path, node)
        ran: list[Execution] = []
        outcome = DONE
        for _ in range(1 + attributes.number(node, "retries")):
            outcome, new = yield self.once(node, path, given, self._container(path, given, container))
            if outcome == LATE and attributes.short(node):
                outcome = FAILED
            self.before.update(product(ran, new))
            ran += new
            self.attempts[path].append(outcome)
            if outcome != FAILED:
                break
        return (DONE if outcome == FAILED and SUPPRESS in flags(node) else outcome), ran

    def _container(self, path: str, given: Inherited, above: tuple[str, int] | None) -> tuple[str, int] | None:
        """The shared container that an attempt of a node is in: its own, a new one for each attempt, or one from above."""
        if given.shared == path:
            self.containers[path] += 1
            return path, self.containers[path]
        return above if given.shared else None

    def once(self, node: Tree, path: str, given: Inherited, container: tuple[str, int] | None) -> _Play:
        """One attempt."""
        if kind(node) == "exec":
            return self.exec(node, path, given, container)
        return self.group(node, path, given, container)

    def exec(self, node: Tree, path: str, given: Inherited, container: tuple[str, int] | None) -> _Play:
        """A command."""
        yield from ()
        self.given[path] = given
        if f"secret {attributes.MISSING}" in given.env.values():
            return FAILED, []
        execution = Execution(path, len(self.runs[path]), container)
        self.runs[path].append(execution)
        does = behaviour(node)
        if does not in ("kill", "sleeps"):
            self.ends.add(execution)
        failed = does in FAILING or execution.number < FLAKY.get(does, 0) or path in self.overreaching
        return (LATE if does == "sleeps" else FAILED if failed else DONE), [execution]

    def is_empty_handed(self, node: Tree, path: str) -> bool:
        """Whether what generates made nothing: "Generate skipped, or failed under suppress_errors: Execute is empty and done"."""
        return kind(node) == "exec" and (SKIP in flags(node) or self.attempts[path][-1] != DONE)

    def group(self, node: Tree, path: str, given: Inherited, container: tuple[str, int] | None) -> _Play:
        """The children of a group, as far as they are run."""
        ran: list[Execution] = []
        outcomes: list[str] = []
        parts: list[tuple[str, list[Execution]]] = []
        for child in children(node):
            outcome, new = yield self.node(child, join(path, name(child)), given, container)
            if kind(node) == "serial":
                self.before.update(product(ran, new))
            ran += new
            outcomes.append(outcome)
            parts.append((outcome, new))
            if kind(node) == "serial" and (outcome == LATE or (outcome == FAILED and KEEP_GOING not in flags(node))):
                break
            if LAZY in flags(node) and self.is_empty_handed(child, join(path, name(child))):
                break
        if kind(node) == "parallel" and LATE in outcomes:
            # What runs beside it may have no room until the limit ends both.
            self.loose.update(run.path for outcome, new in parts if outcome != LATE for run in new)
        worst = LATE if LATE in outcomes else FAILED if FAILED in outcomes else DONE
        return worst, ran


def check(tree: Tree, run: Run) -> list[str]:
    """What is wrong with the run, one line each; empty if it is what the tree means."""
    if run.error:
        return [f"could not be run: {run.error}"]
    expected = predict(tree)
    complaints = [] if run.status == expected.status else [f"status is {run.status}, must be {expected.status}"]
    for path in [*expected.runs, *sorted({path for _, path in run.events} - set(expected.runs))]:
        complaints += _miscounted(expected, run, path)
    complaints += [f"{path}: left a process behind" for path in run.left]
    if complaints:
        return complaints  # of what ran wrongly, nothing can be said in which order or in what surroundings
    return [*_disorder(expected, run), *_crowded(tree, run), *_mistaken(expected, run)]


def _miscounted(expected: Expected, run: Run, path: str) -> list[str]:
    """Complaints about how often a command started and ended."""
    runs = expected.runs.get(path, ())
    wanted = {"start": len(runs), "end": sum(execution in expected.ends for execution in runs)}
    seen = Counter(event for event, of in run.events if of == path)
    loose = path in expected.loose
    return [
        f"{path}: {seen[event]} times a{'n' if event == 'end' else ''} {event}, must be {'at most ' if loose else ''}{count}"
        for event, count in wanted.items()
        if (seen[event] > count if loose else seen[event] != count)
    ]


def _disorder(expected: Expected, run: Run) -> list[str]:
    """Complaints about what started before that had ended which it must wait for."""
    first: dict[tuple[str, int], int] = {}
    last: dict[tuple[str, int], int] = {}  # a killed command has no end: its start stands for it
    count: Counter[str] = Counter()
    complaints = []
    for position, (event, path) in enumerate(run.events):
        count[path] += event == "start"
        number = count[path] - 1
        if event == "end" and ((path, number) not in first or last[path, number] != first[path, number]):
            complaints.append(f"{path}: ended before it started")
        first.setdefault((path, number), position)
        last[path, number] = position
    known = {execution for runs in expected.runs.values() for execution in runs if execution.path not in expected.loose}
    for one, other in sorted(
        expected.before, key=lambda pair: (first.get((pair[1].path, pair[1].number), 0), str(pair))
    ):
        here, there = (one.path, one.number), (other.path, other.number)
        if one in known and other in known and last[here] > first[there]:
            complaints.append(f"{_shown(other)}: started before {_shown(one)} ended")
    return complaints


def _shown(execution: Execution) -> str:
    return f"{execution.path} (run {execution.number + 1})" if execution.number else execution.path


def _crowded(tree: Tree, run: Run) -> list[str]:
    """Complaints about more commands at once than `max_concurrent` of a node above them lets."""
    limits = {path: attributes.number(node, "max_concurrent") for path, node in walk(tree)}
    complaints = []
    for above, most in limits.items():
        below = {path for path, _ in walk(tree) if most and (above == "/" or path.startswith(f"{above}/"))}
        ends = Counter(path for event, path in run.events if event == "end")
        running: set[str] = set()
        for event, path in run.events if most else ():
            if path in below and event == "start" and ends[path]:  # nobody sees when a killed command ended
                running.add(path)
                if len(running) > most:
                    complaints.append(f"{above}: {', '.join(sorted(running))} ran at once, must be at most {most}")
            elif event == "end":
                running.discard(path)
    return complaints


def _mistaken(expected: Expected, run: Run) -> list[str]:
    """Complaints about what commands saw around them."""
    count: Counter[str] = Counter()
    complaints = []
    for path, sight in run.saw:
        execution = expected.runs[path][count[path]]
        count[path] += 1
        wrong = _surroundings(expected.given[path], sight)
        wrong += _files(expected, execution, sight) + _place(expected, path, sight)
        complaints += [f"{_shown(execution)}: {what}" for what in wrong]
    runs = {sight.run for _, sight in run.saw if sight.run is not None}
    complaints += [f"commands of one run were told of several: {', '.join(sorted(runs))}"] if len(runs) > 1 else []
    starts = Counter(path for event, path in run.events if event == "start")
    for path, times in starts.items():
        if count[path] != times and path not in expected.loose:
            complaints.append(f"{path}: saw {count[path]} times, must be {times}")
    return complaints


def _surroundings(given: Inherited, sight: Sight) -> list[str]:
    """What is wrong with the env, the image and the limits that a command saw."""
    complaints = []
    for variable in attributes.VARIABLES:
        seen, wanted = sight.env.get(variable, "unset"), given.env.get(variable, "unset")
        if seen != wanted:
            complaints.append(f"env {variable} is {seen}, must be {wanted}")
    for what, judge in _JUDGES.items():
        seen, wanted = getattr(sight, what), given.container.get(_SAID_BY[what], "")
        if seen is not None and not judge(seen, wanted):
            complaints.append(f"{what} is {seen!r}, {_SAID_BY[what]} is {wanted or 'not set'}")
    return complaints


def _place(expected: Expected, path: str, sight: Sight) -> list[str]:
    """What is wrong with what a command was told of itself: "Generate runs with CONDUCTO_LAZY=1, no other node does"."""
    wanted = "1" if path in expected.generate else ""
    complaints = [] if sight.lazy in (None, wanted) else [f"CONDUCTO_LAZY is {sight.lazy!r}, must be {wanted!r}"]
    return complaints + ["CONDUCTO_NODE is not its path"] * (sight.place not in (None, "yes"))


def _memory(seen: str, mem: str) -> bool:
    """A GB is 1024 MiB; without a limit the kernel says `max`, or a number beyond any memory."""
    number = int(seen) if seen.isdecimal() else 0
    return number == int(float(mem) * 1024) << 20 if mem else seen == "max" or number > 1 << 50


def _cpu(seen: str, cpu: str) -> bool:
    """Shares are 1024 a core; a weight (of newer cgroups) is 100 where nothing is said, and docker's releases differ else."""
    if not cpu:
        return seen in ("shares1024", "weight100")
    return seen == f"shares{int(float(cpu) * 1024)}" or (seen.startswith("weight") and seen != "weight100")


_JUDGES: Mapping[str, Callable[[str, str], bool]] = {
    "image": lambda seen, image: f"local/{seen}:1" == (image or attributes.IMAGE),
    "memory": _memory,
    "cpu": _cpu,
    "docker": lambda seen, wanted: (seen == "yes") == bool(wanted),
    "host": lambda seen, wanted: (seen == wanted) if wanted else seen not in attributes.HOSTS,
}
_SAID_BY = {
    "image": "image",
    "memory": "mem",
    "cpu": "cpu",
    "docker": "requires_docker",
    "host": "docker_run_args",
}


def _files(expected: Expected, execution: Execution, sight: Sight) -> list[str]:
    """What is wrong with the traces of other commands in the file system: there are those of its own container alone, of all
    that ended before it at least.
    """
    if sight.files is None:
        return []
    here = execution.container
    mates = [e for runs in expected.runs.values() for e in runs if here and e.container == here and e != execution]
    must = Counter(e.path for e in mates if (e, execution) in expected.before and e.path not in expected.loose)
    may = Counter(e.path for e in mates if (execution, e) not in expected.before)
    seen = Counter(sight.files)
    missing, foreign = sorted((must - seen).elements()), sorted((seen - may).elements())
    complaints = [f"does not see what {path} left in their container" for path in missing]
    return complaints + [f"sees what {path} left in another container" for path in foreign]
