"""Hooks and fixtures of the whole suite."""

from __future__ import annotations

import pytest

from tests import plugin_needs, plugin_report
from tests.plugin_needs import (
    machine,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_runtest_makereport,
    pytest_runtest_setup,
    pytest_sessionfinish,
)
from tests.plugin_report import findings

__all__ = [
    "findings",
    "machine",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_runtest_makereport",
    "pytest_runtest_setup",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What was found, then what was missing."""
    plugin_report.pytest_terminal_summary(terminalreporter, config)
    plugin_needs.pytest_terminal_summary(terminalreporter, config)
