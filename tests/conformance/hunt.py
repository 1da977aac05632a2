"""The hunt for mutants on a target: which trees each is tried on, and whether one of them gives it away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from .job import Job, plain
from .mutants import MUTANTS
from .observe import Run
from .reference import check, predict
from .runner import Runner, outcomes
from .shell import RunnerError
from .simulate import simulate
from .trees import KEEP_GOING, SKIP, SUPPRESS, Tree, execute, parallel, serial

# One tree at least for every mutant. Slowed are those that a wrong order overtakes.
FIXED: tuple[Job, ...] = (
    Job(
        serial("", (parallel("wide", (execute("x"), serial("deep", (execute("y"), execute("z"))))), execute("last"))),
        delays={"/wide/deep/y": 1},
    ),
    Job(serial("", (parallel("wide", (execute("x"), execute("y"))), execute("last"))), delays={"/wide/x": 1}),
    Job(serial("", (execute("a"), parallel("nothing"), execute("b"))), delays={"/a": 1}),
    Job(serial("", (execute("a"), execute("no", "fail", SKIP), execute("b"))), delays={"/a": 1}),
    Job(serial("", (execute("b", "fail"), execute("a")))),
    Job(serial("", (execute("a"), execute("forgiven", "fail", SUPPRESS), execute("b", "ok", SUPPRESS)))),
    Job(serial("", (serial("forgiven", (execute("a", "fail"), execute("b")), SUPPRESS), execute("c")))),
    Job(parallel("", (execute("a", "fail"), execute("b"))), delays={"/b": 1}),
    Job(serial("", (execute("a", "fail"), serial("behind", (execute("x"), execute("y")), KEEP_GOING)))),
    Job(serial("", (execute("a", "fail"), execute("forgiven", "ok", SUPPRESS), execute("b")))),
)


_FIXED = "fixed tree"
_RUNS = 50


@dataclass(frozen=True)
class Catch:
    """A mutant found out."""

    mutant: str
    label: str  # of the tree that did it
    complaints: tuple[str, ...]
    tried: int  # trees that were run


@dataclass(frozen=True)
class _Trial:
    label: str
    job: Job
    # The better the smaller: its certainty, whether it is a fixed tree, how many commands it runs.
    rank: tuple[int, bool, int]


def mutated(job: Job, mutant: str) -> Job | None:
    """The job as the mutant would compile it, held against what was meant; None if it makes no difference."""
    made = MUTANTS[mutant](job.tree)
    if made.tree == job.tree:
        return None
    return replace(job, tree=made.tree, origin=made.origin, meant=job.tree)


def trials(mutant: str, jobs: Sequence[tuple[str, Job]]) -> list[tuple[str, Job]]:
    """The jobs that the mutant changes, by label, those first that simulated runs say will give it away."""
    found = []
    for label, job in jobs:
        changed = mutated(job, mutant)
        if changed:
            rank = (-_certainty(changed), label.startswith(_FIXED), len(predict(changed.tree).starts))
            found.append(_Trial(label, changed, rank))
    found.sort(key=lambda trial: trial.rank)
    return [(trial.label, trial.job) for trial in found]


def candidates(trees: Sequence[Tree], seed: int) -> list[tuple[str, Job]]:
    """The jobs to try: the trees of a seed, then the fixed ones, each with a label that says which it is."""
    sampled = [(f"tree {i} of seed {seed}", plain(tree)) for i, tree in enumerate(trees)]
    return [*sampled, *((f"{_FIXED} {i}", job) for i, job in enumerate(FIXED))]


def hunt(
    runner: Runner, mutants: Iterable[str], jobs: Sequence[tuple[str, Job]], most: int = 24
) -> dict[str, Catch | None]:
    """Run each mutant's trees, at most so many, until one gives it away; RunnerError where a job cannot be run.

    One tree of every mutant that is left at a time: mostly the first is enough.
    """
    chosen = {mutant: trials(mutant, jobs)[:most] for mutant in mutants}
    caught: dict[str, Catch | None] = dict.fromkeys(chosen)
    for number in range(most):
        left = [mutant for mutant in chosen if not caught[mutant] and number < len(chosen[mutant])]
        done = outcomes(runner, [chosen[mutant][number][1] for mutant in left])
        for mutant, (_, run, complaints) in zip(left, done, strict=True):
            if run.error:
                raise RunnerError(run.error)
            if complaints:
                caught[mutant] = Catch(mutant, chosen[mutant][number][0], tuple(complaints), number + 1)
    return caught


def table(caught: Mapping[str, Mapping[str, Catch | None]]) -> str:
    """Mutants by targets: each with the tree that caught it, and how many survived."""
    rows = [["mutant", *caught]]
    rows += [[mutant, *(_shown(found[mutant]) for found in caught.values())] for mutant in MUTANTS]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(f"{word:{width}}" for word, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    survivors = sum(catch is None for found in caught.values() for catch in found.values())
    return "\n".join([*lines, f"{len(MUTANTS)} mutants, {survivors} survivors"])


def _shown(catch: Catch | None) -> str:
    return catch.label if catch else "SURVIVED"


def pretended(job: Job, random: Random) -> Run:
    """A simulated run of a job, as a runner would have seen it."""
    known = job.known()
    steps = {path: 80 for path, self in known.items() if self in job.delays}
    run = simulate(job.tree, random, lambda path: steps.get(path, 0))
    return replace(run, events=tuple((event, known[path]) for event, path in run.events if path in known))


def _certainty(job: Job) -> int:
    """How many simulated runs in a row give the mutant away."""
    for number in range(_RUNS):
        if not check(job.expected, pretended(job, Random(number))):
            return number
    return _RUNS
