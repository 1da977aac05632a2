"""What conformance found on each target, told at the end of a run: what a passing test prints is swallowed.

Tests tell it by the fixture `findings`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import pytest

Findings = Callable[[str, str], None]
FOUND = pytest.StashKey[dict[str, list[str]]]()


@pytest.fixture(scope="session")
def findings(pytestconfig: pytest.Config) -> Findings:
    """A function that takes a target and what was found on it."""
    found = pytestconfig.stash.setdefault(FOUND, defaultdict(list))
    return lambda target, what: found[target].append(what)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """A line for each thing found, by target."""
    found = config.stash.get(FOUND, {})
    if found:
        terminalreporter.section("conformance")
    width = max(map(len, found), default=0)
    for target, sayings in found.items():
        for number, saying in enumerate(sayings):
            terminalreporter.write_line(f"{'' if number else target:{width}}  {saying}")
