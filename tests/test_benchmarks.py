"""docs/performance.md is what the rounds say, each goal among it, and what is measured is what it is called."""

from __future__ import annotations

import copy
import json
import re
import socket
from pathlib import Path

import pytest

from tests.benchmarks import child, goals, measure, page, tools
from tests.benchmarks.shapes import SHAPES

COMMANDS = sorted(f"echo run test {number}" for number in range(20))


def test_the_page_is_what_the_rounds_say() -> None:
    assert page.FILE.read_text(encoding="utf-8") == page.text(measure.kept()), "python -m tests.benchmarks --page"


def test_a_goal_that_is_far_missed_is_explained_and_no_other() -> None:
    missed = {goal.what for goal in goals.goals(measure.kept()) if goal.miss > goals.TOLERANCE}
    assert missed == {*page.EXPLAINED}


def test_every_goal_is_judged() -> None:
    found = [goal.name for goal in goals.goals(measure.kept())]
    assert {*found} == {"P4", "P5", "P6", "P7", "P9", "wire"}


def test_a_miss_is_told() -> None:
    kept = copy.deepcopy(measure.kept())
    for each in kept["calls"]["rounds"]:
        each["ours"] *= 100
    (told,) = (line for line in page.text(kept).split("\n") if "microseconds of `Exec(function" in line and "|" in line)
    assert re.search(r"missed, \d+\.\d\dx", told)


def test_no_name_of_a_machine_is_kept() -> None:
    text = page.FILE.read_text(encoding="utf-8") + json.dumps(measure.kept())
    assert [name for name in (socket.gethostname(), str(Path.home()), str(page.FILE.parents[1])) if name in text] == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("execs", [1, 20, 100, 1_234])
def test_a_shape_has_so_many_execs_each_under_a_group_before_it(shape: str, execs: int) -> None:
    rows = list(SHAPES[shape](execs))
    assert sum(row.kind == "exec" for row in rows) == execs
    assert all((row.parent < 0) == (number == 0) for number, row in enumerate(rows))
    assert all(row.parent < number and rows[row.parent].kind != "exec" for number, row in enumerate(rows) if number)
    assert len({(row.parent, row.name) for row in rows}) == len(rows)


@pytest.mark.parametrize("shape", measure.SHAPES)
@pytest.mark.parametrize("tool", [name for name in tools.TOOLS if name != "original"])  # which is not installed here
def test_tools_make_the_same_commands(tool: str, shape: str) -> None:
    assert child.commands(tool, shape, 20) == COMMANDS


def test_a_round_has_the_original_beside_ours_where_it_can_be() -> None:
    found = {(case.tool, case.shape) for case in measure.cases([1_000], 0)}
    assert ("original", "WIDE") in found
    assert ("original", "CHAIN") not in found  # it recurses
    assert {shape for tool, shape in found if tool == "ours"} == {*measure.SHAPES}
