"""Many trees with attributes, really run on a target: what was drawn, refused, run, and what differed, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from . import accepts, attributes
from .job import Job, plain
from .observe import Run
from .runner import Runner, outcomes
from .strategy_attributes import tree
from .trees import Tree

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
