"""The text of docs/performance.md, from the rounds alone: whatever was not measured does not stand there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import goals
from tests.benchmarks.goals import HELD, PEAK, SECONDS, Kept, per_node, spread
from tests.benchmarks.measure import SHAPES, Case
from tests.benchmarks.tools import TOOLS

FILE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"

_HEAD = """\
# Speed and memory

Made by `python -m tests.benchmarks`; do not edit. The rounds that it is made of are in `tests/benchmarks/rounds`.

Everything that is compared is measured in one run, round by round: each figure in a process of its own, by the clock that counts
CPU time (user and system) from after the imports, what is slow for a moment being slow for all. Figures are medians of the
rounds, with the least and the most; a ratio is taken within each round. Bytes are what the process has in memory (RSS) beyond
what it had after its imports, which says little of small trees. Before anything is timed, each tool must make the same
commands of 20 Execs.

- **ours**: the tree is built, and the passes make a Plan of it, which every target is made from; **to make**: a makefile as well.
- **original**: conducto {original}, the tree is built and serialized for the service that ran it; it made nothing that runs.
- **dict + json.dumps**: a dict for each node and the C encoder, **plain writer**: an f-string for each Exec. Neither checks.

WIDE is one Parallel, DEEP a Serial of as many Parallels as each has Execs, NESTED ten below each group, CHAIN a Serial in a
Serial, each with an Exec.

Rounds: {rounds}. Measured with Python {python}, jsonschema {jsonschema} and networkx {networkx} on {cpus} CPUs, which others used
too.
"""

#: Why goals are missed by more than is tolerated, by their `what`: what the profile says.
EXPLAINED: dict[str, str] = {
    "peak bytes a node, compiled to make": (
        "beside tree and Plan, 430 bytes, the document takes 590 a node (a dict for the node and one for what it runs, of which"
        " two empty ones would take 130 and theirs 370), and rendering it 820: the lines of each rule, and the file as template,"
        " text and bytes. It is a document because it is held against a schema before it is text. That check, in pure Python,"
        " is 210 of the 260 µs that a node takes from the Plan to the makefile."
    ),
    "`conducto FILE FUNC`, over `python -c pass`": (
        "reading a function's signature takes `inspect` and `typing`, which alone take 2.6 times as long as Python to start. Of"
        " the rest, 20 ms are the 47 modules of a tree's classes and their checks, as the file that holds the function nearly"
        " always imports them."
    ),
    "`runtime.pyz FILE FUNC`, over `python -c pass` of a bare Python": (
        "the same modules, and 100 of the 165 ms for compiling them: Python keeps no bytecode of what is in an archive, and"
        " bytecode in it would fit one Python only, where the file is the same bytes for all."
    ),
    "microseconds of `Exec(function, ...)`": (
        "half is the node itself (its place in the user's code, its slots, the constructors), half the words of the call. Where"
        " the goal was set, a loop that makes two short strings took 0.16 µs a turn; here it takes 0.26."
    ),
}

#: The step that a tool ends with, and what it is called in a table.
_LAST = {
    "ours": "passes",
    "ours to make": "make",
    "original": "serialize",
    "dict + json.dumps": "write",
    "plain writer": "write",
}
#: Pairs whose ratio is told, each a tool and a step.
_PAIRS = (
    (("ours", "build"), ("original", "build")),
    (("ours", "passes"), ("original", "serialize")),
    (("ours", "passes"), ("dict + json.dumps", "write")),
    (("ours", "passes"), ("plain writer", "write")),
    (("ours to make", "make"), ("dict + json.dumps", "write")),
)


def text(kept: Kept) -> str:
    """The page."""
    head = _HEAD.format(**kept["trees"]["about"], rounds=_rounds(kept))
    parts = [
        ("Goals", _goals(kept)),
        ("CPU microseconds a node", _figures(kept, SECONDS, 1e6)),
        ("One tool over another", _ratios(kept)),
        ("Peak bytes a node", _figures(kept, PEAK)),
        ("Bytes a node of the tree", _trees(kept)),
        ("Handing a tree on", _wire(kept)),
        ("Start-up: CPU milliseconds of a whole process", _startup(kept)),
    ]
    return head + "".join(f"\n## {title}\n\n" + "\n".join(lines) + "\n" for title, lines in parts)


def _rounds(kept: Kept) -> str:
    """How many there are of each suite, of the largest trees fewer."""
    found = [f"{suite} {len(each['rounds'])}" for suite, each in kept.items()]
    most = goals.sizes(kept)[-1]
    largest = sum(Case("ours", "WIDE", most).key in each for each in kept["trees"]["rounds"])
    return f"{', '.join(found)} (of {most:,} Execs {largest})"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)]


def _goals(kept: Kept) -> list[str]:
    found = goals.goals(kept)
    rows = [(goal.name, goal.what, goal.limit, f"{goal.worst[0]}: {goal.worst[1]}", goal.state) for goal in found]
    notes = [
        f"- **{goal.what}**: {EXPLAINED.get(goal.what, 'nobody knows why')}"
        for goal in found
        if goal.miss > goals.TOLERANCE
    ]
    table = _table(("", "what", "at most", "worst", ""), rows)
    return [*table, *(["", f"Missed by more than {goals.TOLERANCE}x:", "", *notes] if notes else [])]


def _places(kept: Kept) -> Iterator[tuple[str, int]]:
    return ((shape, size) for size in goals.sizes(kept) for shape in SHAPES)


def _figures(kept: Kept, place: int, scale: float = 1) -> list[str]:
    """What each tool costs up to its last step."""
    rows = []
    for shape, size in _places(kept):
        if place == PEAK and size < 10_000:
            continue
        cells = [goals.of_cases(kept, per_node(_LAST[tool], place, scale), Case(tool, shape, size)) for tool in TOOLS]
        rows.append((shape, f"{size:,}", *(cell or "" for cell in cells)))
    return _table(("", "Execs", *TOOLS), [row for row in rows if any(row[2:])])


def _ratios(kept: Kept) -> list[str]:
    rows = []
    for shape, size in _places(kept):
        cells = []
        for (one, step), (other, base) in _PAIRS:
            pair = Case(one, shape, size), Case(other, shape, size)
            cells.append(goals.ratio(kept, *pair, per_node(step, SECONDS), per_node(base, SECONDS)))
        rows.append((shape, f"{size:,}", *(cell or "" for cell in cells)))
    names = [f"{one} ({step}) / {other} ({base})" for (one, step), (other, base) in _PAIRS]
    return _table(("", "Execs", *names), [row for row in rows if any(row[2:])])


def _trees(kept: Kept) -> list[str]:
    rows = []
    for shape, size in _places(kept):
        if size >= 10_000:
            cells = [
                goals.of_cases(kept, per_node("build", HELD), Case(tool, shape, size)) for tool in ("ours", "original")
            ]
            rows.append((shape, f"{size:,}", *(cell or "" for cell in cells)))
    return _table(("", "Execs", "ours", "original"), [row for row in rows if any(row[2:])])


def _wire(kept: Kept) -> list[str]:
    rounds = kept["wire"]["rounds"]

    def of(key: str, figure: str, scale: float) -> Any:
        return spread([each[key][figure] / each[key]["nodes"] * scale for each in rounds])

    rows = [(key, of(key, "bytes", 1), of(key, "seconds", 1e6)) for key in rounds[0]]
    return _table(("", "bytes a node", "µs a node to load"), rows)


def _startup(kept: Kept) -> list[str]:
    rounds = kept["startup"]["rounds"]
    rows = []
    for key in rounds[0]:
        base = "python -c pass"
        if "runtime" in key or "bare" in key:
            base = "bare python -S -c pass" if " -S " in key else "bare python -c pass"
        times = spread([each[key] * 1e3 for each in rounds])
        rows.append((key, times, spread([each[key] / each[base] for each in rounds]), base))
    return _table(("", "ms", "over", "that"), rows)
