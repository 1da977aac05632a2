"""Functions of another module than the test that gives them to an Exec."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def noted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that leaves a function's name and signature as they are."""

    @functools.wraps(function)
    def call(*values: Any, **named: Any) -> Any:
        return function(*values, **named)

    return call


def helped(z: str) -> None:
    """A function of this module."""


@noted
def wrapped_there(n: int) -> None:
    """A wrapped one."""
