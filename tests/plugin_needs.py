"""Tests say what they need of the machine: `@pytest.mark.needs("docker", "act")`, names as in tests/machine.py.

Without it a test is skipped, and the end of the run lists what was missing, why, and how many tests that cost. With
CI=true it is an error instead; and a whole run there also fails if a thing that the suite is known to need (EVERY_RUN) was
needed by no test that passed, so that nobody loses a tier by losing its tests.

What is known of a test travels with its report, as pytest-xdist runs the test in another process.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.machine import Machine, Missing, known, on_ci, probe

EVERY_RUN = ("make", "docker", "act", "argo", "cluster", "node-tools", "zizmor", "check-jsonschema")
_NEEDS, _MISSED = "needs", "missed"


@pytest.fixture(scope="session")
def machine() -> Machine:
    """The paths and environments of what tests need."""
    return Machine()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "needs(*names): what the test needs of the machine; names as in tests/machine.py"
    )
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Account(config))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A misspelt name would otherwise be a test that never runs."""
    for item in items:
        for name in needs(item):
            if not known(name):
                raise pytest.UsageError(f"{item.nodeid}: nothing is called {name!r} in tests/machine.py")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.user_properties.append((_NEEDS, needs(item)))
    for name in needs(item):
        found = probe(name)
        if isinstance(found, Missing):
            item.user_properties.append((_MISSED, (name, str(found))))
            reason = f"needs {name}: {found}"
            if on_ci():
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)


class Account:
    """What was missing and what was exercised in a whole run, in the process that reports it."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.missed: Counter[tuple[str, str]] = Counter()
        self.exercised: set[str] = set()
        self.unexercised: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a report carries."""
        known: dict[str, Any] = dict(report.user_properties)
        if report.when == "setup" and _MISSED in known:
            name, reason = known[_MISSED]
            self.missed[name, reason] += 1
        if report.when == "call" and report.passed:
            self.exercised.update(known.get(_NEEDS, ()))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a whole run that lost a tier."""
        unexercised = [name for name in EVERY_RUN if name not in self.exercised]
        if on_ci() and is_whole_run(self.config) and unexercised:
            self.unexercised = unexercised
            if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """List what was missing."""
        if self.missed:
            terminalreporter.section("missing on this machine")
        verb = "failed" if on_ci() else "skipped"
        for (name, reason), count in sorted(self.missed.items()):
            terminalreporter.write_line(f"{name}: {count} test{'s' * (count != 1)} {verb}: {reason}")
        for name in self.unexercised:
            terminalreporter.write_line(f"ERROR: no test that needs {name} passed", red=True)


def needs(item: pytest.Item) -> list[str]:
    """The names that a test needs, each once, in order."""
    return list(dict.fromkeys(name for mark in item.iter_markers("needs") for name in mark.args))


def is_whole_run(config: pytest.Config) -> bool:
    """Whether nothing on the command line chose among the tests."""
    chosen = config.option.keyword or config.option.markexpr or config.getoption("deselect", None)
    return not chosen and not config.option.collectonly and config.args_source is not pytest.Config.ArgsSource.ARGS
