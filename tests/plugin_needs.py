"""Tests say what they need of the machine: `@pytest.mark.needs("docker", "act")`, names as in tests/machine.py.

Without it a test is skipped, and the end of the run lists what was missing, why, and how many tests that cost. With
CI=true it is an error instead; and a whole run there also fails if a thing that the suite is known to need (EVERY_RUN) was
needed by no test that passed, so that nobody loses a tier by losing its tests.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.machine import Machine, Missing, known, on_ci, probe

EVERY_RUN = ("make", "docker", "act", "argo", "cluster", "node-tools", "zizmor", "check-jsonschema")
MISSED = pytest.StashKey[dict[tuple[str, str], int]]()
EXERCISED = pytest.StashKey[set[str]]()
UNEXERCISED = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def machine() -> Machine:
    """The paths and environments of what tests need."""
    return Machine()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "needs(*names): what the test needs of the machine; names as in tests/machine.py"
    )
    config.stash[MISSED] = defaultdict(int)
    config.stash[EXERCISED] = set()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A misspelt name would otherwise be a test that never runs."""
    for item in items:
        for name in needs(item):
            if not known(name):
                raise pytest.UsageError(f"{item.nodeid}: nothing is called {name!r} in tests/machine.py")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for name in needs(item):
        found = probe(name)
        if isinstance(found, Missing):
            item.config.stash[MISSED][name, str(found)] += 1
            reason = f"needs {name}: {found}"
            if on_ci():
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    report = yield
    if report.when == "call" and report.passed:
        item.config.stash[EXERCISED].update(needs(item))
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    unexercised = [name for name in EVERY_RUN if name not in config.stash[EXERCISED]]
    if on_ci() and is_whole_run(config) and unexercised:
        config.stash[UNEXERCISED] = unexercised
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    missed = config.stash[MISSED]
    if missed:
        terminalreporter.section("missing on this machine")
        verb = "failed" if on_ci() else "skipped"
        for (name, reason), count in sorted(missed.items()):
            terminalreporter.write_line(f"{name}: {count} test{'s' * (count != 1)} {verb}: {reason}")
    for name in config.stash.get(UNEXERCISED, []):
        terminalreporter.write_line(f"ERROR: no test that needs {name} passed", red=True)


def needs(item: pytest.Item) -> list[str]:
    """The names that a test needs, each once, in order."""
    return list(dict.fromkeys(name for mark in item.iter_markers("needs") for name in mark.args))


def is_whole_run(config: pytest.Config) -> bool:
    """Whether nothing on the command line chose among the tests."""
    chosen = config.option.keyword or config.option.markexpr or config.getoption("deselect", None)
    return not chosen and not config.option.collectonly and config.args_source is not pytest.Config.ArgsSource.ARGS
