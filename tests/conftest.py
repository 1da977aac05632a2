"""The plugins of the suite."""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings

from tests import built, plugin_needs, plugin_report, plugin_thorough
from tests.plugin_needs import machine, pytest_collection_modifyitems, pytest_runtest_setup
from tests.plugin_report import findings

__all__ = ["findings", "machine", "pytest_collection_modifyitems", "pytest_runtest_setup"]


# Beside a shell, programs are started deaf to SIGINT and SIGQUIT, under nohup to SIGHUP, and so is all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
for deaf in (signal.SIGQUIT, signal.SIGHUP):
    signal.signal(deaf, signal.SIG_DFL)


# How long an example takes is a matter of what else the machine does.
settings.register_profile("conducto", deadline=None, max_examples=plugin_thorough.amount(30, 100))
settings.load_profile("conducto")


def pytest_configure(config: pytest.Config) -> None:
    """What all do at the start."""
    built.share()
    plugin_report.pytest_configure(config)
    plugin_needs.pytest_configure(config)
    plugin_thorough.pytest_configure(config)
