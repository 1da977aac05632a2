"""docs/coverage.md: what it says is what the compiler says, and every cell that is `exact` is what commands see on the target.

Each target runs the golden pipelines as they stand; make runs them again with each attribute that it says exactly taken out of
the Plan, and so do the others in a thorough run (`python -m tests.coverage --prove` does it whenever you like).
The runs are shared by all tests, whatever process of pytest-xdist these are in.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import conducto as co
from conducto import targets
from conducto.attributes import ATTRIBUTES as NODE_ATTRIBUTES
from conducto.features import FEATURES
from tests import outputs
from tests.built import OURS
from tests.coverage import page, probe
from tests.coverage.cells import ATTRIBUTES, BUILT, CELLS, EXAMPLES, Cell
from tests.coverage.probe import EXACT, REFUSED, Compiler
from tests.coverage.run import Golden, another_repository, seen
from tests.outputs import Ran
from tests.plugin_thorough import THOROUGH

#: Which of the examples each target takes.
TAKEN = {"make": EXAMPLES, "github": (ATTRIBUTES, BUILT), "argo": (ATTRIBUTES,)}


def exact(target: str) -> list[str]:
    """The cells of a target that are so by the page."""
    rows = [line.split(" | ") for line in page.FILE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    at = 3 + OURS.index(target)
    return [cells[0].strip("| `") for cells in rows if cells[at].startswith(EXACT)]


def marked(target: str, *values: str) -> object:
    return pytest.param(target, *values, marks=pytest.mark.needs(*outputs.needs(target)))


EVERY = pytest.mark.parametrize("target", [marked(target) for target in OURS])
EACH = [marked(target, name) for target in OURS for name in exact(target)]
#: Those that are taken out: what is seen of a cell is seen alike on all.
TAKEN_OUT = {target: exact(target) if THOROUGH or target == "make" else [] for target in OURS}


# --- the page -------------------------------------------------------------------------------------------------------------


@pytest.mark.needs("git")
def test_the_page_is_what_the_compiler_says() -> None:
    assert page.FILE.read_text(encoding="utf-8") == page.text(), "stale: python -m tests.coverage"


def test_every_attribute_and_every_argument_of_an_image_has_a_cell() -> None:
    named = {name for cell in CELLS.values() for name in re.findall(r"`(\w+)", cell.title)}
    arguments = {name for name in co.Image.__init__.__annotations__ if name not in ("return", "unknown")}
    assert {*NODE_ATTRIBUTES, *arguments} - named == set()


@pytest.mark.needs("git")
def test_every_feature_that_a_target_may_lack_has_a_cell(tmp_path: Path) -> None:
    compilers = {example: Compiler(probe.scratch(tmp_path / example, example)) for example in EXAMPLES}
    found = {name: compilers[cell.example].features(cell) for name, cell in CELLS.items()}
    assert set().union(*found.values()) == set(FEATURES)
    for target in OURS:
        says = targets.get(target).limits.says
        wrong = [name for name in exact(target) if not found[name] <= says]
        assert wrong == [], f"{target}: by its limits it does not say these"


# --- what commands see ----------------------------------------------------------------------------------------------------


@pytest.fixture
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the runs, one for all processes of this run of the tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "coverage"
    folder.mkdir(exist_ok=True)
    return folder


def run(folder: Path, target: str, how: str) -> Mapping[str, Ran]:
    """The runs of a target by example, `how` they `stand` or `without` attributes: made by who comes first."""
    kept = folder / f"{target}-{how}.json"
    with (folder / f"{target}-{how}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            with another_repository() as url:
                goldens = {name: Golden(folder / target / how / name, name, target, url) for name in EXAMPLES}
                cells = {name: golden.exact for name, golden in goldens.items()}
                made = {
                    name: golden.as_it_stands() if how == "stand" else golden.without(taken_out(target, cells[name]))
                    for name, golden in goldens.items()
                    if cells[name]
                }
            kept.write_text(json.dumps({name: ran.__dict__ for name, ran in made.items()}))
    return {name: Ran(**table) for name, table in json.loads(kept.read_text()).items()}


def taken_out(target: str, cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.name in TAKEN_OUT[target]]


def sees(runs: Path, target: str, how: str, cell: Cell) -> tuple[bool, object]:
    found = seen(run(runs, target, how)[cell.example], cell)
    return cell.sees(found), found


@pytest.mark.parametrize(("target", "name"), EACH)
def test_the_command_sees_it(target: str, name: str, runs: Path) -> None:
    there, found = sees(runs, target, "stand", CELLS[name])
    assert there, found


@pytest.mark.parametrize(
    ("target", "name"), [marked(target, name) for target, names in TAKEN_OUT.items() for name in names]
)
def test_without_it_the_command_sees_something_else(target: str, name: str, runs: Path) -> None:
    there, found = sees(runs, target, "without", CELLS[name])
    assert not there, found


@EVERY
def test_a_run_of_all_ends_done(target: str, runs: Path) -> None:
    """With what a target approximates, too."""
    found = run(runs, target, "stand")
    assert [(name, ran.told) for name, ran in found.items() if not ran.done] == []
    assert (*found,) == TAKEN[target]


@EVERY
def test_many_attributes_on_one_node(target: str, runs: Path) -> None:
    printed = run(runs, target, "stand")[ATTRIBUTES].printed
    found = {path: [line for line in lines if "attempt" not in line] for path, lines in printed.items()}
    assert found["/Together/Check"] == ["check 1.0"] * 2
    assert [found[f"/Together/Test/{number}"] for number in "01"] == [[f"test {n} in /mnt/conducto"] for n in "01"]
    assert "/Together/Test/2" not in found
    assert [found[f"/Together/{node}"] for node in ("Tidy/lint", "Tidy/format", "Report")] == [
        ["lint"],
        ["format with sh"],
        ["all is said"],
    ]
    assert found["/Environment/literal"] == ["it's $WHO, $(WHO), {{WHO}}, ${{ WHO }}"]
    assert found["/Resources/inherited"][0] in ("256", "10", "35"), "as shares, and as a weight by two formulas"


@pytest.mark.needs("git")
def test_what_a_target_refuses_it_refuses_by_name(tmp_path: Path) -> None:
    """Of a pipeline that Argo Workflows takes nothing of, each node is named."""
    golden = Golden(tmp_path, BUILT, "argo")
    assert golden.exact == []
    compiler = Compiler(probe.scratch(tmp_path / "refused", BUILT))
    cells = [cell for cell in CELLS.values() if cell.example == BUILT]
    assert {compiler.state("argo", cell)[0] for cell in cells} == {REFUSED}
