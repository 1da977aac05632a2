"""Every golden file of GitHub and Argo, through every validator."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples import GOLDEN
from tests.validators import NEEDS, check_argo, check_github


def golden(pattern: str) -> list[Path]:
    """The golden files of a target: none would make the tests say nothing."""
    files = sorted(GOLDEN.glob(pattern))
    assert files, f"no file is golden/{pattern}"
    return files


@pytest.mark.needs(*NEEDS["github"])
def test_github() -> None:
    assert [str(finding) for finding in check_github(golden("*/github/**/*.yml"))] == []


@pytest.mark.needs(*NEEDS["argo"])
def test_argo() -> None:
    assert [str(finding) for finding in check_argo(golden("*/argo/**/*.yaml"))] == []
