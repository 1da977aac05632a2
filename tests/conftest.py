"""The plugins of the suite."""

from __future__ import annotations

import pytest

from tests import plugin_needs, plugin_report
from tests.plugin_needs import machine, pytest_collection_modifyitems, pytest_runtest_setup
from tests.plugin_report import findings

__all__ = ["findings", "machine", "pytest_collection_modifyitems", "pytest_runtest_setup"]


def pytest_configure(config: pytest.Config) -> None:
    """What both do at the start."""
    plugin_report.pytest_configure(config)
    plugin_needs.pytest_configure(config)
