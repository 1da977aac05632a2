"""What is said of `options` for targets that are not here; each target's own tests hold what those may be."""

from __future__ import annotations

import conducto as co
from conducto import options, targets
from conducto.diagnostics import Report
from tests import plans


def test_a_target_that_is_not_here_is_told_of_once() -> None:
    report = Report()
    given = {"agro": {"labels": {"a": "b"}}, "make": {}, "nobody": {}}
    root = plans.parallel({"a": co.Exec("1", options=given), "b": co.Exec("2", options=given)})
    options.check_options(plans.plan(root), targets.get("make"), report)
    assert [(each.code, each.severity, each.node) for each in report.diagnostics] == [("C210", "warning", "/a")] * 2
    first, second = report.diagnostics
    assert (first.message, first.help) == (
        "`options` names `agro`, and no target here is called so",
        "did you mean `argo`?",
    )
    assert second.help == "the targets here are argo, github, make"
