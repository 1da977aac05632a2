"""Depth is limited by memory alone, never by Python's stack, and what it costs grows with the nodes: counted here, not timed
(`python -m tests.benchmarks.depth` does that). Then each target at the most levels that it takes, and one more.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import conducto as co
from conducto import compile, pretty, targets
from conducto.diagnostics import ConductoError, Report
from conducto.ir import lower
from conducto.ir.plan import Plan
from conducto.targets import Files
from conducto.text import MAX_BYTES
from tests import command, examples, github_act, github_plans, plans, stand_in
from tests.argo_cluster import Cluster
from tests.argo_rows import group, leaf
from tests.benchmarks import depth
from tests.benchmarks.depth import BUILDERS, few_frames, live
from tests.examples import EXAMPLES
from tests.machine import Machine
from tests.plugin_thorough import amount

# --- Python's stack -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_golden_in_few_frames(example: str, tmp_path: Path) -> None:
    """All that is done with it: run, printed, walked, compiled for each target."""
    examples.write(example, tmp_path)
    stand_in.put(command.tracked(tmp_path))
    everything(tmp_path / "pipeline.py")  # what is loaded once is loaded now: imports take frames of their own
    with few_frames():
        everything(tmp_path / "pipeline.py")


def everything(file: Path) -> None:
    for name in examples.targets_of(file):
        report, emitter = Report(), targets.get(name)
        pipeline = compile.front(compile.Request(str(file)))
        assert len(pretty.node_text(pipeline.root).split("\n")) == len(list(pipeline.root.stream()))
        plan = compile.passes(pipeline, emitter, None, report)
        assert compile.files_of(plan, emitter, report)
        report.raise_errors()


@pytest.mark.parametrize("builder", BUILDERS)
def test_many_levels_in_few_frames(builder: str) -> None:
    live(10)
    steps: list[str] = []
    with few_frames():
        live(amount(5_000, 20_000), steps.append, BUILDERS[builder])
    assert steps == ["build", "walk", "resolve", "lower", "delete"]


def test_few_frames_are_few() -> None:
    """What recurses on the levels would be caught."""

    def down(levels: int) -> int:
        return 1 + (down(levels - 1) if levels else 0)

    with few_frames(), pytest.raises(RecursionError):
        down(depth.FRAMES)
    with few_frames():
        down(depth.FRAMES - 20)


# --- what it costs --------------------------------------------------------------------------------------------------------


def lines_run(levels: int, build: Callable[[int], co.Node]) -> dict[str, int]:
    """How many lines of Python each step runs."""
    found: dict[str, int] = {}
    count = 0

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    def done(step: str) -> None:
        nonlocal count
        found[step], count = count, 0

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        live(levels, done, build)
    finally:
        sys.settrace(before)
    return found


@pytest.mark.parametrize("builder", BUILDERS)
def test_work_grows_with_the_levels(builder: str) -> None:
    live(50)
    small, large = (lines_run(levels, BUILDERS[builder]) for levels in amount((400, 800), (1_000, 2_000)))
    assert {step: large[step] for step in large if large[step] > 2.1 * small[step] + 100} == {}, small


def test_memory_grows_with_the_levels() -> None:
    """At less than what the benchmark measures: to count every byte makes all of it many times slower."""
    live(50)
    small, large = (depth.peaks(depth.LEVELS // part) for part in amount((16, 8), (4, 2)))
    del small["left"], large["left"]
    assert {step: large[step] / small[step] for step in large if large[step] > depth.GOAL * small[step]} == {}


def test_what_is_deleted_is_gone() -> None:
    live(50)
    found = depth.peaks(2_000)
    assert found["left"] < 0.01 * found["whole"]


# --- printed, and compiled to make ----------------------------------------------------------------------------------------

DEEP = """
import conducto as co


def pipeline(levels: int) -> co.Serial:
    root = node = co.Serial()
    for level in range(levels - 2):
        node["a"] = co.Parallel() if level % 2 else co.Serial()
        node = node["a"]
    node["a"] = co.Exec('echo "$CONDUCTO_NODE"')
    return root
"""


def test_two_thousand_levels_are_printed_and_compiled_to_make(tmp_path: Path) -> None:
    command.write(command.repository(tmp_path), pipeline=DEEP)
    printed = command.conducto(tmp_path, "pipeline.py", "pipeline", "--levels=2000")
    assert (printed.status, printed.err) == (0, "")
    lines = printed.out.split("\n")
    assert len(lines) == 2_001
    assert lines[-2] == "  " * 1_998 + '└─ a   echo "$CONDUCTO_NODE"'
    compiled = command.conducto(tmp_path, "compile", "-t", "make", "pipeline.py", "--levels=2000")
    assert compiled.status == 0, compiled.err


@pytest.mark.needs("make")
def test_make_runs_a_tree_of_many_levels(tmp_path: Path) -> None:
    levels = amount(300, 1_000)
    command.write(command.repository(tmp_path), pipeline=DEEP)
    compiled = command.conducto(tmp_path, "compile", "-t", "make", "pipeline.py", f"--levels={levels}")
    assert compiled.status == 0, compiled.err
    ran = command.run(tmp_path, "make", "-f", "pipeline.mk", "ENGINE=host")
    assert ran.status == 0, ran.err[-2_000:]
    (log,) = (tmp_path / ".conducto/state/pipeline/log").iterdir()
    assert log.read_text() == "/a" * (levels - 1) + "\n"


# --- as deep as each target goes ------------------------------------------------------------------------------------------

#: The most levels, root and leaf counted, of nodes whose names have one byte; and what is said of one more. Where a target
#: has no limit of its own, a node's path must still fit into `CONDUCTO_NODE`.
MOST = {
    "argo": (99, "C300"),
    "github": (MAX_BYTES // 2 + 1, "C304"),
    "make": (10_000, "C300"),
}


def plan_of(target: str, levels: int, image: str = "", command: str = "true") -> Plan:
    """The plan of a chain of so many levels."""
    tree = plans.tree(plans.chain(levels - 1, co.Exec(command), "n"), image)
    origin = plans.ORIGIN._replace(output=targets.get(target).output(plans.ORIGIN))
    return lower.lower(tree, origin, {}, Report())


def files_of(target: str, levels: int, **more: str) -> Files:
    """What a target makes of it; ConductoError where it refuses."""
    report, plan = Report(), plan_of(target, levels, **more)
    with few_frames():
        found = compile.files_of(plan, targets.get(target), report)
    report.raise_errors()
    return found


@pytest.mark.parametrize("target", MOST)
def test_one_level_more_than_the_most_is_refused(target: str) -> None:
    most, code = MOST[target]
    with pytest.raises(ConductoError) as found:
        files_of(target, most + 1, image="i")
    (diagnostic,) = found.value.diagnostics
    assert (diagnostic.code, diagnostic.node) == (code, "/n" * most)
    assert diagnostic.location is not None


@pytest.mark.needs("make")
def test_make_has_a_stack_for_the_most_levels(tmp_path: Path) -> None:
    """All of its rules are gone through; running each is for fewer levels, above."""
    (text,) = files_of("make", MOST["make"][0]).values()
    (tmp_path / "pipeline.mk").write_text(text)
    told = command.run(tmp_path, "make", "-n", "-f", "pipeline.mk", "CONDUCTO_RUN=x", "all")
    assert (told.status, told.err) == (0, "")
    assert told.out.count("conducto join ") == MOST["make"][0] - 1


@pytest.mark.needs("act", "git")
def test_act_runs_a_job_of_the_most_levels(tmp_path: Path) -> None:
    plan = plan_of("github", MOST["github"][0], command='printf %s "$CONDUCTO_NODE" | wc -c')
    plan.origin = github_plans.ORIGIN
    (job,) = github_act.run(plan, github_act.checkout(tmp_path)).values()
    assert (job.done, job.lines[-1].strip()) == (True, str(MAX_BYTES))


@pytest.mark.needs("argo", "cluster")
def test_argo_runs_a_pod_of_the_most_levels(machine: Machine, tmp_path: Path) -> None:
    most, _ = MOST["argo"]
    rows = [group(number - 1, "n" if number else "", "serial") for number in range(most - 1)]
    ran = Cluster(machine, tmp_path).run([*rows, leaf(most - 2, "n", 'echo "$CONDUCTO_NODE"')], real=False)
    assert ran.done
    assert ran.text("/n" * (most - 1)) == ["/n" * (most - 1)]
