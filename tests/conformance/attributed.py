"""Many trees with attributes, really run on a target: what was drawn, refused, run, and what differed, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from . import accepts, attributes
from .attempts import predict
from .job import Job, plain
from .observe import Run
from .runner import Runner, outcomes
from .strategy_attributes import tree
from .trees import KEEP_GOING, SUPPRESS, Tree, execute, parallel, serial

_PAIR = (execute("a"), execute("b"))
#: Trees that random ones hardly ever are, on which a compiler was wrong, or planted mistakes were not seen.
KEPT: Mapping[str, Tree] = {
    "a forgiven group with retries behind a failure": serial(
        "",
        (execute("a", "fail"), serial("s", (execute("x", "ok", SUPPRESS),), SUPPRESS, "retries=2"), execute("b")),
    ),
    "a group that is done at last": serial(
        "", (serial("s", (execute("a"), execute("x", "flaky1")), "retries=2"), execute("b"))
    ),
    "less room in a group than around it": parallel(
        "", (parallel("p", _PAIR, "max_concurrent=1"), execute("c")), "max_concurrent=2"
    ),
    "less room around a group than in it": parallel(
        "", (parallel("p", (*_PAIR, execute("c")), "max_concurrent=2"), execute("d")), "max_concurrent=1"
    ),
    "a time inside a longer one": serial(
        "",
        (serial("s", (execute("x", "sleeps"), execute("y")), KEEP_GOING, "max_time=3"), execute("b")),
        *(KEEP_GOING, "max_time=200"),
    ),
    "a time around a longer one": serial(
        "",
        (
            serial(
                "s", (serial("t", (execute("x", "sleeps"), execute("y")), KEEP_GOING, "max_time=200"),), "max_time=3"
            ),
            *_PAIR,
        ),
        KEEP_GOING,
    ),
    "what never has a secret is tried again": serial(
        "", (execute("x", "ok", "secret:V0=MISSING", "retries=1", SUPPRESS), execute("b")), "retries=1"
    ),
    "a command that is late and forgiven": serial(
        "", (serial("s", (execute("x", "sleeps", SUPPRESS), execute("y", "ok", SUPPRESS)), "max_time=3"), execute("b"))
    ),
    "nothing else in a late group": serial(
        "", (serial("s", (execute("x", "sleeps", SUPPRESS),), "max_time=3"), execute("b"))
    ),
    "an attempt that is late, then one more": serial(
        "", (execute("x", "sleeps", "max_time=3", "retries=1", SUPPRESS), execute("b"))
    ),
    "a container anew for each attempt": serial("", (*_PAIR, execute("c", "flaky1")), "reuse=NEW", "retries=1"),
    "an attempt in the same container": serial("", (execute("a", "flaky1", "retries=1"), execute("b")), "reuse=NEW"),
}

#: A target that refuses more than this of its trees would make a sample without an end.
_TRIES = 4


@dataclass
class Tally:
    """What became of the trees of a target; by attribute, the trees that have it."""

    ran: int = 0
    refused: int = 0
    different: int = 0
    drawn: Counter[str] = field(default_factory=Counter)
    run: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    differences: Counter[str] = field(default_factory=Counter)

    def note(self, tree: Tree, run: Run, complaints: Sequence[str]) -> None:
        """Count a tree."""
        used = {row for _, row in attributes.uses(tree)}
        self.drawn.update(used)
        self.different += bool(complaints)
        if complaints:
            self.differences.update(used)
        if run.refused:
            self.refused += 1
            self.refusals.update({accepts.refused(refusal) or refusal.code for refusal in run.refused})
        else:
            self.ran += 1
            self.run.update(used)

    def summary(self) -> str:
        """One line."""
        share = 100 * self.refused / max(1, self.ran + self.refused)
        return f"{self.ran} trees ran, {self.refused} were refused ({share:.0f} %), {self.different} differences"


def jobs(target: str, seed: int) -> Iterator[tuple[str, Job]]:
    """The trees of a seed, without an end, each with a label."""
    index = 0
    while True:
        yield f"tree {index} of seed {seed}", plain(tree(target, seed, index))
        index += 1


def few(target: str, seed: int, count: int, most: int, each: int) -> list[tuple[str, Job]]:
    """So many trees of a seed that run no more commands than `most` and that nothing is refused of, by what they add until an
    attribute was in `each` of them.
    """
    found: list[tuple[str, Job]] = []
    counts: Counter[str] = Counter()
    for label, job in islice(jobs(target, seed), 100 * count):
        used = {row for _, row in attributes.uses(job.tree)}
        small = sum(map(len, predict(job.tree).runs.values())) <= most
        if small and not accepts.asked(job.tree, target) and any(counts[row] < each for row in used):
            counts.update(used)
            found.append((label, job))
        if len(found) == count:
            break
    return found


def refused(target: str, seed: int, count: int) -> list[tuple[str, Job]]:
    """The first trees of a seed that a target may refuse, fewer where it refuses hardly anything."""
    found = ((label, job) for label, job in islice(jobs(target, seed), 10 * count) if accepts.asked(job.tree, target))
    return list(islice(found, count))


def campaign(runner: Runner, count: int, seed: int, size: int = 0) -> Iterator[tuple[str, Job, Run, list[str]]]:
    """Run trees until so many were not refused; each that was tried."""
    stream = jobs(runner.name, seed)
    left, tries = count, count * _TRIES
    while left > 0 and tries > 0:
        batch = list(islice(stream, left))
        tries -= len(batch)
        for (label, job), (_, run, complaints) in zip(
            batch, outcomes(runner, [j for _, j in batch], size), strict=True
        ):
            left -= not run.refused
            yield label, job, run, complaints


def table(tallies: Mapping[str, Tally]) -> str:
    """Attributes by targets: trees that had it drawn, ran with it, were refused for it, and differed."""
    rows = [["attribute", *(f"{target}: {' '.join(_HEADS)}" for target in tallies)]]
    rows += [
        [name, *(_cell(target, tally, name) for target, tally in tallies.items())] for name in attributes.ATTRIBUTES
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(f"{word:{width}}" for word, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, *(f"{target}: {tally.summary()}" for target, tally in tallies.items())])


def _cell(target: str, tally: Tally, name: str) -> str:
    if name in accepts.UNDRAWN.get(target, ()):
        return "not drawn"
    numbers = (tally.drawn[name], tally.run[name], tally.refusals[name], tally.differences[name])
    return f"{'':{len(target) + 1}}" + " ".join(f"{n:>{len(w)}}" for n, w in zip(numbers, _HEADS, strict=True))


_HEADS = ("drawn", "ran", "refused", "differ")


def rare(tally: Tally, target: str, least: int) -> list[str]:
    """The attributes that a target takes and that fewer trees ran with."""
    wanted: Iterable[str] = (
        set(attributes.ATTRIBUTES) - set(accepts.REFUSES[target]) - accepts.UNDRAWN.get(target, set())
    )
    return [name for name in attributes.ATTRIBUTES if name in wanted and tally.run[name] < least]
