"""Several jobs as one: each tree a branch of one pipeline, with an Exec behind it that runs only if the tree is done.

What a run costs beside its commands (the compiler, make, an image with the code) is then paid once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby, islice

from . import attributes
from .job import Job
from .look import Sight
from .observe import Run
from .runner import Runner, judged
from .trees import Tree, execute, parallel, renamed, serial, walk

#: Jobs in one run.
SIZE = 10
#: Commands of one run at once: more than most pipelines have, as each job must find room beside the others.
_SLOTS = 16
_DONE = "after"


def outcomes(
    runner: Runner, jobs: Sequence[Job], *, size: int = SIZE, at_once: int = 1, again: bool = True
) -> Iterator[tuple[Job, Run, list[str]]]:
    """As `runner.outcomes`, of the jobs so many in each run and so many runs at a time, in their order.

    What differs is run `again` by itself: that run is told, if it differs too, else the one beside others.
    """
    parts = list(_parts(jobs, size))
    pool = ThreadPoolExecutor(at_once)
    try:
        for part, runs in zip(parts, pool.map(lambda part: _run(runner, part), parts), strict=True):
            for job, run in zip(part, runs, strict=True):
                complaints = judged(runner.name, job, run)
                alone = again and complaints and len(part) > 1
                yield (job, *_again(runner, job, run, complaints)) if alone else (job, run, complaints)
    finally:  # also where nobody wants the rest
        pool.shutdown(cancel_futures=True)


def _parts(jobs: Sequence[Job], size: int) -> Iterator[list[Job]]:
    """The jobs in their order; one with a short time by itself, as others beside it could make it late."""
    for hurried, found in groupby(jobs, lambda job: hurries(job.tree) or hurries(job.expected)):
        while part := list(islice(found, 1 if hurried else size)):
            yield part


def hurries(tree: Tree) -> bool:
    """Whether a node of it has a short time."""
    return any(attributes.short(node) for _, node in walk(tree))


def _run(runner: Runner, jobs: Sequence[Job]) -> list[Run]:
    if len(jobs) == 1:
        return runner.run(jobs)
    (whole,) = runner.run([together(jobs)])
    return apart(jobs, whole)


def _again(runner: Runner, job: Job, run: Run, complaints: list[str]) -> tuple[Run, list[str]]:
    (alone,) = runner.run([job])
    said = judged(runner.name, job, alone)
    return (alone, said) if said else (run, [*complaints, "by itself it did not differ"])


def together(jobs: Sequence[Job]) -> Job:
    """One job of all of them."""
    origin: dict[str, str] = {}
    for number, job in enumerate(jobs):
        known = {_below(number, path): _mine(number, self) for path, self in job.known().items()}
        origin.update({**known, f"/{number}/{_DONE}": _mine(number, _DONE)})
    return Job(
        _whole([job.tree for job in jobs]),
        origin,
        {_mine(n, path): delay for n, job in enumerate(jobs) for path, delay in job.delays.items()},
        {_mine(n, path): extra for n, job in enumerate(jobs) for path, extra in job.extra.items()},
        _whole([job.expected for job in jobs]) if any(job.meant is not None for job in jobs) else None,
        slots=_SLOTS,
    )


def apart(jobs: Sequence[Job], run: Run) -> list[Run]:
    """What each of the jobs showed in a run of all of them."""
    return [_part(number, run) for number in range(len(jobs))]


def _part(number: int, run: Run) -> Run:
    def own(self: str) -> str:
        """The path that it is known by in its own tree; "" for what is of another."""
        whose, _, path = self.partition(" ")
        return path if whose == str(number) else ""

    def seen(sight: Sight) -> Sight:
        """Files of other trees' commands keep their whole names, which no command of this one has."""
        return sight if sight.files is None else replace(sight, files=tuple(own(file) or file for file in sight.files))

    events = tuple((event, own(self)) for event, self in run.events if own(self) not in ("", _DONE))
    done = ("end", _mine(number, _DONE)) in run.events
    return replace(
        run,
        events=events,
        status="done" if done else "failed",
        left=tuple(own(self) for self in run.left if own(self)),
        saw=tuple((own(self), seen(sight)) for self, sight in run.saw if own(self) not in ("", _DONE)),
    )


def _whole(trees: Sequence[Tree]) -> Tree:
    return parallel(
        "", tuple(serial(str(number), (renamed(tree, "tree"), execute(_DONE))) for number, tree in enumerate(trees))
    )


def _below(number: int, path: str) -> str:
    return f"/{number}/tree{'' if path == '/' else path}"


def _mine(number: int, path: str) -> str:
    return f"{number} {path}"
