"""What conformance found on each target, told at the end of a run: what a passing test prints is swallowed.

Tests tell it by the fixture `findings`; it travels with their reports, as pytest-xdist runs them in other processes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

Findings = Callable[[str, str], None]
_FOUND = "found"


@pytest.fixture
def findings(record_property: Callable[[str, object], None]) -> Findings:
    """A function that takes a target and what was found on it."""
    return lambda target, what: record_property(_FOUND, (target, what))


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Told())


class Told:
    """What was found, by target."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = defaultdict(list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a report carries."""
        known: list[tuple[str, Any]] = report.user_properties if report.when == "teardown" else []
        for target, what in (value for key, value in known if key == _FOUND):
            self.found[target].append(what)

    @pytest.hookimpl(tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """A line for each thing found, by target."""
        if self.found:
            terminalreporter.section("conformance")
        width = max(map(len, self.found), default=0)
        for target in sorted(self.found):
            for number, saying in enumerate(sorted(self.found[target])):
                terminalreporter.write_line(f"{'' if number else target:{width}}  {saying}")
