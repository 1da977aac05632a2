"""What a plan asks of a target beyond running commands in order: each use of something that a target may be unable to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Iterator, List, NamedTuple, Set

if TYPE_CHECKING:
    from .ir.plan import Plan


class Feature(NamedTuple):
    """One thing that an author can write: the attribute that brings it, and how people call it."""

    attribute: str
    title: str


#: By the words that `Limits.says` holds.
FEATURES: Dict[str, Feature] = {
    "secret": Feature("env", "a Secret in `env`"),
    "requires_docker": Feature("requires_docker", "`requires_docker`"),
    "docker_run_args": Feature("docker_run_args", "`docker_run_args`"),
    "container": Feature("container_reuse_context", "one container for several Execs or attempts"),
    "max_time": Feature("max_time", "`max_time` of an Exec"),
    "group_max_time": Feature("max_time", "`max_time` of a Serial or a Parallel"),
    "retries": Feature("retries", "`retries` of an Exec"),
    "group_retries": Feature("retries", "`retries` of a Serial or a Parallel"),
    "max_concurrent": Feature("max_concurrent", "`max_concurrent`"),
    "dockerfile": Feature("image", "an image made by a Dockerfile"),
    "installs": Feature("image", "an image with something installed into it"),
    "code": Feature("image", "an image that carries code of this repository"),
    "clone": Feature("image", "an image that carries code of another repository"),
    "shell": Feature("image", "an image with a `shell` of its own"),
    "platform": Feature("image", "an image for another `platform`"),
    "runtime": Feature("command", "a Python function as a command"),
    "lazy": Feature("Lazy", "`co.Lazy`"),
    "data": Feature("shared-data", "shared data (`/conducto/data`)"),
}

#: How many Execs a Lazy may generate, where nobody can know.
_ANY = 1_000_000

#: Of these an error becomes a warning where `allow-approximate` names the attribute; without the others nothing would run.
APPROXIMATE = ("container_reuse_context", "max_concurrent", "max_time", "retries")


class Use(NamedTuple):
    """A feature (a key of FEATURES), and the row that asks for it."""

    feature: str
    number: int


def uses(plan: "Plan") -> Iterator[Use]:
    """What the rows that run ask for, in the tree's order; what makes no difference is left out."""
    limited = crowded(plan)
    shared = _shared(plan)
    for number, row in enumerate(plan.rows):
        if not plan.runs[number]:
            continue
        group = "" if row.kind == "exec" else "group_"
        if row.max_time is not None:
            yield Use(f"{group}max_time", number)
        if row.retries:
            yield Use(f"{group}retries", number)
        if number in limited:
            yield Use("max_concurrent", number)
        if shared.get(number, 0) > 1:
            yield Use("container", number)
        if row.kind == "exec":
            yield from _of_exec(plan, number)


def crowded(plan: "Plan") -> Set[int]:
    """The rows whose max_concurrent makes a difference: of those that run, which more Execs are under than it allows."""
    if all(row.max_concurrent is None for row in plan.rows):
        return set()
    widths = _widths(plan)
    limits = ((number, row.max_concurrent) for number, row in enumerate(plan.rows) if plan.runs[number])
    return {number for number, limit in limits if limit is not None and limit < widths[number]}


def _of_exec(plan: "Plan", number: int) -> Iterator[Use]:
    row = plan.rows[number]
    if row.secrets:
        yield Use("secret", number)
    if row.requires_docker:
        yield Use("requires_docker", number)
    if row.docker_run_args:
        yield Use("docker_run_args", number)
    if row.runtime:
        yield Use("runtime", number)
    if row.lazy:
        yield Use("lazy", number)
    if row.data:
        yield Use("data", number)
    if row.image is not None:
        asks = {
            "dockerfile": row.image.from_dockerfile,
            "installs": row.image.installs,
            "code": row.image.code is not None and row.image.code.kind == "folder",
            "clone": row.image.code is not None and row.image.code.kind == "clone",
            "shell": bool(row.image.shell),
            "platform": bool(row.image.platform),
        }
        yield from (Use(feature, number) for feature, asked in asks.items() if asked)


def _widths(plan: "Plan") -> List[int]:
    """For each row how many Execs of it may run at once."""
    widths = [int(row.kind == "exec" and plan.runs[number]) for number, row in enumerate(plan.rows)]
    for number in plan.growing():
        widths[number] = len(plan.rows) + _ANY
    for number in range(len(plan.rows) - 1, 0, -1):
        parent = plan.rows[number].parent
        serial = plan.rows[parent].kind == "serial"
        widths[parent] = max(widths[parent], widths[number]) if serial else widths[parent] + widths[number]
    return widths


def _shared(plan: "Plan") -> Dict[int, int]:
    """The rows whose container is shared, each with the number of Execs in it; what is tried again in it counts twice."""
    tried = [-1] * len(plan.rows)  # for each row the nearest above it that has retries
    counts: Dict[int, int] = {}
    for number, row in enumerate(plan.rows):
        if row.parent >= 0:
            tried[number] = row.parent if plan.rows[row.parent].retries else tried[row.parent]
        if row.lazy and row.kind != "exec" and row.container >= 0 and plan.runs[number]:
            counts[row.container] = counts.get(row.container, 0) + 2
        if row.kind == "exec" and row.container >= 0 and plan.runs[number]:
            again = number != row.container and (row.retries > 0 or tried[number] > row.container)
            counts[row.container] = counts.get(row.container, 0) + (2 if again else 1)
    return counts
