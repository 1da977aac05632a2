"""Every golden example, from the user's file to the bytes of each target: `pytest --snapshot-update` writes them anew.

Each is compiled in a scratch repository with the file at its root, so that nothing of this checkout is in the outputs, for the
targets that its pyproject.toml names (without one, for all).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot

from conducto import compile, pretty, targets
from conducto.diagnostics import Report
from conducto.ir import show
from tests import built, command, examples, stand_in
from tests.examples import EXAMPLES, GOLDEN

#: The least that must be there: one for each thing that a tree can be.
WANTED = {
    *("hello", "build-test", "nested", "stop-on-error", "suppress-and-skip", "nothing-to-run", "hostile"),
    *("env-and-resources", "attributes", "built-images"),
}
OUTPUTS = [
    (example, target)
    for example in EXAMPLES
    for target in built.OURS
    if target in examples.targets_of(GOLDEN / example / "pipeline.py")
]


@pytest.fixture
def scratch(tmp_path: Path, example: str) -> Path:
    """A repository of what people wrote of the example, and a runtime file that does not change with every line of ours."""
    folder = tmp_path / "scratch"
    examples.write(example, folder)
    stand_in.put(command.tracked(folder))
    return folder


def test_there_is_an_example_of_everything() -> None:
    assert set(EXAMPLES) >= WANTED
    assert set(targets.names()) >= set(built.OURS)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_printed_tree(example: str, scratch: Path, snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = GOLDEN / example
    printed = command.conducto(scratch, "pipeline.py")
    assert (printed.status, printed.err) == (0, "")
    snapshot.assert_match(printed.out.encode(), "tree.txt")


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_plan(example: str, scratch: Path, snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = GOLDEN / example
    pipeline = compile.front(compile.Request(str(scratch / "pipeline.py")))
    before = pretty.node_text(pipeline.root)
    plan = compile.passes(pipeline, targets.get("make"), None, Report())
    snapshot.assert_match(show.plan_text(plan).encode(), "plan.txt")
    assert pretty.node_text(pipeline.root) == before


@pytest.mark.parametrize(("example", "target"), OUTPUTS)
def test_the_output(example: str, target: str, scratch: Path, snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = GOLDEN / example
    written = set(scratch.rglob("*"))
    compiled = command.conducto(scratch, "compile", "--target", target, "pipeline.py")
    assert compiled.status == 0, compiled.err
    made = [path for path in scratch.rglob("*") if path.is_file() and path not in written]
    snapshot.assert_match_dir({path.name: path.read_bytes() for path in made}, target)
    assert command.conducto(scratch, "compile", "--target", target, "--check", "pipeline.py").status == 0
