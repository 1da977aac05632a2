"""Between a plan and a target's files: which passes are made, and what they cost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import conducto as co
from conducto import compile, targets
from conducto.diagnostics import Report
from tests import command, plans


def files(root: co.Node, target: str, report: Report) -> targets.Files:
    emitter, plan = targets.get(target), plans.plan(root)
    plan.origin = plan.origin._replace(output=emitter.output(plan.origin))
    return compile.files_of(plan, emitter, report)


def work(call: Callable[[], Any]) -> int:
    """How many functions `call` calls: the same wherever and however often it is counted."""
    count = 0

    def profile(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("target", ["argo", "github", "make"])
def test_a_chain_takes_work_for_its_length_alone(target: str) -> None:
    def compiled(length: int) -> int:
        root = plans.chain(length, co.Exec("true"))
        return work(lambda: files(root, target, Report()))

    compiled(10)
    short, long = compiled(400), compiled(800)  # paths of groups are shown whole up to some hundred levels
    assert long < 2.2 * short


def test_no_document_is_made_of_what_the_limits_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    emitter: Any = targets.get("argo")
    made: list[Any] = []
    monkeypatch.setattr(type(emitter), "document", lambda *given: made.append(given))
    report = Report()
    assert files(plans.chain(200, co.Exec("true")), "argo", report) == {}
    assert ([error.code for error in report.errors], made) == (["C300"], [])


def test_what_is_complained_of_is_the_same_in_any_order_of_targets(tmp_path: Path) -> None:
    text = 'import conducto as co\n\nroot = co.Exec("x", env={f"A{i}": "x" * 99_000 for i in range(6)})\n'
    file = command.write(command.repository(tmp_path / "repo"), pipeline=text) / "pipeline.py"
    found = []
    for order in permutations(["argo", "github", "make"]):
        with pytest.raises(co.ConductoError) as caught:
            compile.compile_request(compile.Request(str(file), targets=order))
        found.append(sorted(diagnostic.code for diagnostic in caught.value.diagnostics))
    assert found == [["C310", "C343"]] * 6


@pytest.mark.parametrize("method", ["output", "document", "render"])
def test_what_another_ones_target_raises_is_told_with_its_distribution(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: Any) -> Any:
        raise LookupError("no idea")

    planted = type(
        "Planted", (type(targets.get("make")),), {"name": "planted", method: broken, "__module__": "planted"}
    )
    point = SimpleNamespace(name="planted", dist=SimpleNamespace(name="somebodys"), load=lambda: planted)
    monkeypatch.setattr(targets, "_points", lambda: [point])
    file = command.write(command.repository(tmp_path / "repo"), pipeline="import conducto as co\nroot = co.Exec('x')\n")
    with pytest.raises(co.ConductoError) as caught:
        compile.compile_request(compile.Request(str(file / "pipeline.py"), targets=("planted",)))
    (said,) = caught.value.diagnostics
    assert (said.code, said.message) == ("C419", "target `planted` of somebodys failed: LookupError: no idea")
    assert "test_compile.py" in said.notes[0]
