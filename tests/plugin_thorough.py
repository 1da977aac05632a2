"""How much is tried: `make test` tries a little of what costs much, `CONDUCTO_THOROUGH=1 make test` all of it.

A usual run reaches every target and every rule. Left to a thorough one is what says once more, of another engine, another
signal or more examples, what a test of each run says: such tests, or parameters of them, are marked `thorough`, and numbers
are `amount`s. The end of a run says how many tests it left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, TypeVar

import pytest

T = TypeVar("T")

THOROUGH = os.environ.get("CONDUCTO_THOROUGH") == "1"
_MARK = _COUNT = "thorough"


def amount(usual: T, thorough: T) -> T:
    """How much a test tries, by the kind of the run."""
    return thorough if THOROUGH else usual


def also(*values: object, needs: tuple[str, ...] = (), id: str | None = None) -> Any:
    """The parameters of a test of a thorough run, and what they need of the machine."""
    marks = [pytest.mark.thorough, *([pytest.mark.needs(*needs)] if needs else [])]
    return pytest.param(*values, marks=marks, id=id)


def mostly(usual: Iterable[object], every: Iterable[object]) -> list[Any]:
    """The values of a parameter, of which a usual run takes some."""
    kept = list(usual)
    return [*kept, *(also(value) for value in every if value not in kept)]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{_MARK}: run where CONDUCTO_THOROUGH=1 alone")
    config.pluginmanager.register(Chosen(config))


class Chosen:
    """Takes out what is not run, and tells how much that was: pytest-xdist chooses in other processes than it tells."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.left_out = 0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is marked."""
        left = set() if THOROUGH else {item for item in items if item.get_closest_marker(_MARK)}
        items[:] = [item for item in items if item not in left]
        self.left_out = len(left)

    def pytest_sessionfinish(self) -> None:
        """Tell the process that reports."""
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput[_COUNT] = self.left_out

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what another process tells; each chose alike."""
        self.left_out = getattr(node, "workeroutput", {}).get(_COUNT, 0)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many were left out."""
        if self.left_out:
            terminalreporter.write_line(f"{self.left_out} tests are for a thorough run: CONDUCTO_THOROUGH=1")
