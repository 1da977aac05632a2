"""The goals, and how far the rounds are from them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.benchmarks.measure import SHAPES, Case, Round

#: Suite -> its file, as measure.kept gives it.
Kept = dict[str, dict[str, Any]]

#: A goal that is missed by more than this must be explained in the page.
TOLERANCE = 1.5
#: Step -> place in what a case has for it.
SECONDS, HELD, PEAK = range(3)


class Spread(NamedTuple):
    """What the rounds say of one figure."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{_digits(self.median)} ({_digits(self.least)}-{_digits(self.most)})"


def _digits(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def spread(values: list[float]) -> Spread:
    """Their median, least and most."""
    return Spread(statistics.median(values), min(values), max(values))


class Goal(NamedTuple):
    """`name` as facts number it, `what` for people, the `limit` that is not to be passed, and the figures that are held to it."""

    name: str
    what: str
    limit: float
    found: list[tuple[str, Spread]]

    @property
    def worst(self) -> tuple[str, Spread]:
        """The figure that is furthest from what is wanted."""
        return max(self.found, key=lambda each: each[1].median)

    @property
    def miss(self) -> float:
        """How many times the limit it is."""
        return self.worst[1].median / self.limit

    @property
    def state(self) -> str:
        """Met, or missed by how much."""
        return "met" if self.miss <= 1 else f"missed, {self.miss:.2f}x"


# --- figures of the rounds --------------------------------------------------------------------------------------------


def of_cases(kept: Kept, figure: Callable[[Any], float], *cases: Case) -> Spread | None:
    """The spread of `figure` of what each round has of a case; None where no round has it."""
    (case,) = cases
    found = [each[case.key] for each in kept["trees"]["rounds"] if case.key in each]
    return spread([figure(each) for each in found]) if found else None


def ratio(
    kept: Kept, one: Case, other: Case, figure: Callable[[Any], float], base: Callable[[Any], float]
) -> Spread | None:
    """The spread of `figure` of one case over `base` of another, taken round by round."""
    rounds = [each for each in kept["trees"]["rounds"] if one.key in each and other.key in each]
    return spread([figure(each[one.key]) / base(each[other.key]) for each in rounds]) if rounds else None


def per_node(step: str, place: int, scale: float = 1) -> Callable[[Any], float]:
    """A figure of a case: what it has at `place` for `step`, for each node."""
    return lambda found: float(found[step][place] * scale / found["nodes"])


def sizes(kept: Kept) -> list[int]:
    """The numbers of Execs that were measured."""
    return sorted({int(key.rsplit(", ", 1)[1]) for each in kept["trees"]["rounds"] for key in each})


# --- the goals --------------------------------------------------------------------------------------------------------


def goals(kept: Kept) -> list[Goal]:
    """All of them, those of which the rounds have no figure left out."""
    found = [*_memory(kept), *_linear(kept), *_edges(kept), *_startup(kept), *_calls(kept), *_wire(kept)]
    return [goal for goal in found if goal.found]


def _figures(named: Iterator[tuple[str, Spread | None]]) -> list[tuple[str, Spread]]:
    return [(name, found) for name, found in named if found is not None]


def _memory(kept: Kept) -> Iterator[Goal]:
    def of(tool: str, step: str, place: int, least: int = 100_000) -> list[tuple[str, Spread]]:
        large = [(shape, size) for size in sizes(kept) if size >= least for shape in SHAPES]
        return _figures(
            (f"{shape} {size:,}", of_cases(kept, per_node(step, place), Case(tool, shape, size)))
            for shape, size in large
        )

    yield Goal("P4", "bytes a node of the tree", 400, of("ours", "build", HELD))
    yield Goal("P4", "peak bytes a node, tree and passes", 550, of("ours", "passes", PEAK))
    yield Goal("P4", "peak bytes a node, compiled to make", 550, of("ours to make", "make", PEAK, 9_000))


def _linear(kept: Kept) -> Iterator[Goal]:
    passes = per_node("passes", SECONDS)

    def of(shape: str, base: str, size: int, least: int) -> Spread | None:
        return ratio(kept, Case("ours", shape, size), Case("ours", base, least), passes, passes)

    large = [size for size in sizes(kept) if size > 10_000]
    grown = ((f"{shape} {size:,}", of(shape, shape, size, 10_000)) for size in large for shape in SHAPES)
    yield Goal("P5", "time a node, over that at 10,000", 1.5, _figures(grown))
    chains = ((f"CHAIN {size:,}", of("CHAIN", "NESTED", size, size)) for size in large)
    yield Goal("P5", "time a node of CHAIN, over that of NESTED", 3, _figures(chains))


def _edges(kept: Kept) -> Iterator[Goal]:
    found = [(shape, spread([value])) for each in kept["edges"]["rounds"] for shape, value in each.items()]
    yield Goal("P6", "dependency edges a node", 2.1, found)


def _startup(kept: Kept) -> Iterator[Goal]:
    rounds = kept["startup"]["rounds"]

    def of(what: str, base: str) -> list[tuple[str, Spread]]:
        return [(what, spread([each[what] / each[base] for each in rounds]))]

    yield Goal("P7", "`conducto --version`, over `python -c pass`", 1.5, of("conducto --version", "python -c pass"))
    yield Goal("P7", "`conducto FILE FUNC`, over `python -c pass`", 3, of("conducto FILE FUNC", "python -c pass"))
    runtime = of("runtime.pyz FILE FUNC", "bare python -c pass")
    yield Goal("P7", "`runtime.pyz FILE FUNC`, over `python -c pass` of a bare Python", 3, runtime)


def _calls(kept: Kept) -> Iterator[Goal]:
    rounds = kept["calls"]["rounds"]
    yield Goal("P9", "microseconds of `Exec(function, ...)`", 3, [("ours", spread([each["ours"] for each in rounds]))])
    share = spread([each["ours"] / each["original"] for each in rounds])
    yield Goal("P9", "the same, over the original's", 0.05, [("ours", share)])


def _wire(kept: Kept) -> Iterator[Goal]:
    rounds = kept["wire"]["rounds"]

    def of(shape: str, figure: Callable[[Any, Any], float]) -> list[tuple[str, Spread]]:
        return [(shape, spread([figure(each[f"ours, {shape}"], each[f"json, {shape}"]) for each in rounds]))]

    def size(ours: Any, json: Any) -> float:
        return float(ours["bytes"] / ours["nodes"])

    def load(ours: Any, json: Any) -> float:
        return float(ours["seconds"] / json["seconds"])

    yield Goal("wire", "bytes a node handed on", 12, of("WIDE", size))
    yield Goal("wire", "bytes a node handed on, 40 random hex digits in each", 52, of("NOISY", size))
    yield Goal(
        "wire", "load and check, over `json.loads` of the rows as dicts", 3, [*of("WIDE", load), *of("NOISY", load)]
    )


__all__ = [
    "HELD",
    "PEAK",
    "SECONDS",
    "TOLERANCE",
    "Goal",
    "Kept",
    "Round",
    "Spread",
    "goals",
    "of_cases",
    "per_node",
    "ratio",
]
