"""The rounds of each suite, all that is compared measured once in each: what is slow for a moment is slow for all."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from tests import built
from tests.benchmarks import process
from tests.benchmarks.tools import TOOLS

FOLDER = Path(__file__).resolve().parent / "rounds"

#: What each suite has measured: a dict for each round.
Round = dict[str, Any]


class Case(NamedTuple):
    """One process that builds a tree, and what it makes of it."""

    tool: str
    shape: str
    execs: int

    @property
    def key(self) -> str:
        return f"{self.tool}, {self.shape}, {self.execs}"


#: The original recurses on the levels: more than some hundred are too many for it.
_ORIGINAL_LEVELS = 400
#: Above this the whole way to a makefile takes minutes.
_TO_MAKE = 10_000
#: From so many Execs on three rounds are enough, of these shapes; the original takes 2 GB for each.
_HUGE, _FEW = 1_000_000, 3
_SHAPES_OF_HUGE = {"original": ("WIDE",), "ours to make": ()}
SHAPES = ("WIDE", "DEEP", "NESTED", "CHAIN")


def cases(sizes: list[int], number: int) -> list[Case]:
    """What round `number` (from 0) measures at these sizes: tools side by side."""
    found = [Case(tool, shape, execs) for execs in sizes for shape in SHAPES for tool in TOOLS]
    return [case for case in found if _is_measured(case, number)]


def _is_measured(case: Case, number: int) -> bool:
    if case.execs >= _HUGE and (number >= _FEW or case.shape not in _SHAPES_OF_HUGE.get(case.tool, ("WIDE", "NESTED"))):
        return False
    most = case.execs
    if case.tool == "ours to make":
        # make itself has a stack for 10,000 levels.
        most = 9_000 if case.shape == "CHAIN" else _TO_MAKE
    if case.tool == "original" and case.shape == "CHAIN":
        most = _ORIGINAL_LEVELS
    return case.execs <= most


def assert_alike() -> None:
    """Before anything is timed: of 20 Execs every tool makes the same commands."""
    for shape in SHAPES:
        found = {tool: process.child(_python(tool), "commands", tool, shape, "20") for tool in TOOLS}
        wanted = sorted(f"echo run test {number}" for number in range(20))
        wrong = [tool for tool in TOOLS if found[tool] != wanted]
        if wrong:
            raise AssertionError(f"{shape}: {wrong[0]} makes {found[wrong[0]]}")


def _python(tool: str) -> str:
    return process.original() if tool == "original" else sys.executable


# --- one round of each suite ------------------------------------------------------------------------------------------


def trees(found: list[Case]) -> Round:
    """Seconds and bytes of each case."""
    return {
        case.key: process.child(_python(case.tool), "once", case.tool, case.shape, str(case.execs)) for case in found
    }


def calls() -> Round:
    """Microseconds of an Exec of a function."""
    return {tool: round(process.child(_python(tool), "calls", "20000"), 3) for tool in ("ours", "original")}


def wire(execs: int = 100_000) -> Round:
    """Bytes and seconds of a tree that is handed on."""
    return {
        f"{tool}, {shape}": process.child(sys.executable, "wire", tool, shape, str(execs))
        for shape in ("WIDE", "NOISY")
        for tool in ("ours", "json")
    }


_FILE = """\
import conducto as co


def build(number: int = 1) -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec(f"echo {number}")
    return root


def work(number: int = 1) -> None:
    pass
"""


def startup() -> Round:
    """CPU seconds of whole processes, each after one that has read and compiled what can be kept."""
    with tempfile.TemporaryDirectory(prefix="startup-") as name:
        folder = Path(name)
        (folder / "pipeline.py").write_text(_FILE)
        built.runtime_file(folder)
        found = {}
        for key, words in _programs().items():
            process.seconds(words, folder)
            found[key] = process.seconds(words, folder)
        return found


@lru_cache(maxsize=None)
def _programs() -> dict[str, list[str]]:
    """What is started, as it is where people have it: installed, or in a container that has python3 alone."""
    installed, bare = built.environment().parent, str(built.bare("bare"))
    function = ["pipeline.py", "work", "--number=2"]
    return {
        "python -c pass": [str(installed / "python"), "-c", "pass"],
        "conducto --version": [str(installed / "conducto"), "--version"],
        "conducto FILE FUNC": [str(installed / "conducto"), *function],
        "conducto FILE FUNC, which prints a tree": [str(installed / "conducto"), "pipeline.py", "build"],
        "original: conducto FILE FUNC": [str(Path(process.original()).parent / "conducto"), *function],
        "bare python -c pass": [bare, "-c", "pass"],
        "runtime.pyz FILE FUNC": [bare, "runtime.pyz", *function],
        "bare python -S -c pass": [bare, "-S", "-c", "pass"],
        "python -S runtime.pyz FILE FUNC": [bare, "-S", "runtime.pyz", *function],
    }


def edges() -> Round:
    """Dependency edges a node of the Plan: counted, so that one round is enough."""
    import conducto as co
    from tests import plans
    from tests.benchmarks import tools
    from tests.benchmarks.shapes import SHAPES

    found: Round = {}
    for shape in ("DEEP", "NESTED", "WIDE", "CHAIN"):
        plan = plans.plan(tools.tree(co, SHAPES[shape](10_000 if shape != "CHAIN" else 1_000)))
        found[shape] = round(plan.graph(leaves=True).number_of_edges() / len(plan.rows), 4)
    return found


# --- kept -------------------------------------------------------------------------------------------------------------


def about() -> dict[str, Any]:
    """What was measured, and on what; no name of a machine."""
    return {
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "system": platform.system(),
        "original": process.ORIGINAL,
        "jsonschema": version("jsonschema"),
        "networkx": version("networkx"),
    }


def keep(suite: str, rounds: list[Round]) -> None:
    """Write the rounds of a suite, one a line."""
    FOLDER.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(each, sort_keys=True, separators=(",", ":")) for each in rounds)
    (FOLDER / f"{suite}.json").write_text(f'{{"about": {json.dumps(about())}, "rounds": [\n{lines}\n]}}\n')


def kept() -> dict[str, dict[str, Any]]:
    """Suite -> its file."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


#: Suite -> what makes round `number` of it, given the sizes of trees.
SUITES: dict[str, Callable[[list[int], int], Round]] = {
    "trees": lambda sizes, number: trees(cases(sizes, number)),
    "calls": lambda sizes, number: calls(),
    "wire": lambda sizes, number: wire(),
    "startup": lambda sizes, number: startup(),
    "edges": lambda sizes, number: edges(),
}
