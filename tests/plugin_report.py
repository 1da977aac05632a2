"""What conformance found on each target, at the end of a run: a passing test's own output is swallowed.

Tests tell it by the fixture `findings`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import pytest

FOUND = pytest.StashKey[dict[str, list[str]]]()
Findings = Callable[[str, str], None]


@pytest.fixture(scope="session")
def findings(pytestconfig: pytest.Config) -> Findings:
    """A function that takes a target and what was found on it."""
    found = pytestconfig.stash.setdefault(FOUND, defaultdict(list))
    return lambda target, what: found[target].append(what)


def write(reporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The section, if there is anything to say."""
    found = config.stash.get(FOUND, {})
    if found:
        reporter.section("conformance")
    for target, sayings in found.items():
        reporter.write_line(f"{target}: {'; '.join(sayings)}")
