"""Callbacks: those that are attributes of ours set these, all others are told when the tree is compiled."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import conducto as co
from conducto import callback
from conducto.diagnostics import ConductoTypeError, ConductoValueError, Report
from tests import command, plans
from tests.plans import serial

EVENTS = ("on_done", "on_error", "on_queued", "on_running", "on_killed", "on_state_change")
#: Every callback, as people wrote it.
WRITTEN: dict[str, Callable[[], callback.Callback]] = {
    "retry": lambda: co.callback.retry(3),
    "retry_then_skip": lambda: co.callback.retry_then_skip(max_num_retries=2, user_display=False),
    "retry_with_double_mem": lambda: co.callback.retry_with_double_mem(3, inherited=True),
    "handle_memory_errors": lambda: co.callback.handle_memory_errors((1, 2), max_duration=60),
    "skip_some_errors": lambda: co.callback.skip_some_errors(2),
    "email": lambda: co.callback.email(to="a@example.com", cc=["b@example.com"]),
    "slack": lambda: co.callback.slack("#general", "token", message="x"),
    "slack_status": lambda: co.callback.slack_status("#general", "done", node_summary=True),
    "github_status": lambda: co.callback.github_status("https://example.com/a", "0" * 40),
    "github_pipeline_status": lambda: co.callback.github_pipeline_status("https://example.com/a", sha="0" * 40),
}


def warnings(root: co.Node) -> list[tuple[str, str | None, str]]:
    report = Report()
    plans.resolved(root, report=report)
    return [(found.code, found.node, found.message) for found in report.diagnostics]


def test_every_callback_is_here() -> None:
    assert sorted(WRITTEN) == sorted(callback.__all__)


def test_retry_is_retries() -> None:
    root = serial({"a": co.Exec("x"), "b": co.Exec("y", retries=1)})
    root["a"].on_error(co.callback.retry(3))
    root["b"].on_error(co.callback.retry_then_skip(2))
    assert [(node.retries, node.suppress_errors) for node in root.children.values()] == [(3, False), (2, True)]
    assert warnings(root) == []


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("name", WRITTEN)
def test_what_does_nothing_is_told(name: str, event: str) -> None:
    root = serial({"a": serial({"b": co.Exec("x")})})
    node = root["a/b"]
    getattr(node, event)(WRITTEN[name]())
    if event == "on_error" and name in ("retry", "retry_then_skip"):
        assert warnings(root) == []
        return
    message = f"`co.callback.{name}` does nothing at `{event}`: no target has it"
    assert warnings(root) == [("C224", "/a/b", message)]
    assert (node.retries, node.suppress_errors) == (0, False)


@pytest.mark.parametrize("make", [co.callback.retry, co.callback.retry_then_skip])
def test_a_retry_that_nodes_below_were_to_inherit_is_told(make: Callable[..., callback.Callback]) -> None:
    root = serial({"a": co.Exec("x")})
    root.on_error(make(3, inherited=True))
    ((code, node, _),) = warnings(root)
    assert (code, node, root.retries, root.suppress_errors) == ("C224", "/", 0, False)


def test_several_are_told_each() -> None:
    root = serial({"a": co.Exec("x")})
    for event in EVENTS:
        getattr(root, event)(co.callback.email())
    root["a"].on_done(co.callback.email())
    assert [node for _, node, _ in warnings(root)] == ["/"] * 6 + ["/a"]
    assert len(warnings(copy.deepcopy(root))) == 7


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("wrong", [3, None, "retry", co.callback.retry, lambda: None])
def test_what_is_no_callback_is_refused(event: str, wrong: Any) -> None:
    root = serial({"a": co.Exec("x")})
    with pytest.raises(ConductoTypeError, match="C121") as found:
        getattr(root["a"], event)(wrong)
    assert found.value.diagnostics[0].node == "/a"
    assert warnings(root) == []


@pytest.mark.parametrize(
    ("value", "error"),
    [(-1, ConductoValueError), ("3", TypeError), (True, TypeError), (None, TypeError), (1.5, TypeError)],
)
@pytest.mark.parametrize("name", ["retry", "retry_then_skip", "retry_with_double_mem"])
def test_a_number_of_retries_is_checked(name: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="C110"):
        getattr(co.callback, name)(value)


def test_compiling_says_so_and_printing_does_not(tmp_path: Path) -> None:
    text = (
        "import conducto as co\n\n\ndef run():\n    root = co.Serial()\n    root['a'] = co.Exec('true')\n"
        "    root['a'].on_done(co.callback.email(to='x'))\n    return root\n"
    )
    folder = command.repository(tmp_path)
    command.write(folder, pipeline=text)
    printed = command.conducto(folder, "pipeline.py")
    assert (printed.status, printed.err) == (0, "")
    assert "└─0 a   true" in printed.out
    made = command.conducto(folder, "compile", "-t", "make,github", "pipeline.py")
    assert made.status == 0, made.err
    assert made.err.count("warning[C224]") == 1
    assert "`co.callback.email` does nothing at `on_done`" in made.err
    assert (
        "7 |     root['a'].on_done(co.callback.email(to='x'))\n  |                       ^^^^^^^^^^^^^^^^^^^^^^^^^"
        in made.err
    )
