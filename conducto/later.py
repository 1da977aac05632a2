"""The names of `conducto` that are loaded when they are asked for, and what is said of those that it has not."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any, Iterable

from . import gone
from .blame import blame
from .diagnostics import ConductoAttributeError, did_you_mean

#: Modules, which are names by themselves.
MODULES = ("api", "callback", "data", "git", "integrations", "nb", "profile", "schedule", "slack", "util")
_PATH = "a local path is a text or a pathlib.Path; `co.relpath` is one in a command"


def attribute(name: str, known: Iterable[str]) -> Any:
    """What `conducto` has under `name`, which it did not have so far; `known` are the names that are there.

    Raises ConductoAttributeError (C162), ConductoGoneError (C161) for what older files use and nothing stands behind.
    """
    if name in MODULES:
        return import_module(f"conducto.{name}")
    if name == "__version__":
        return _version()
    if name.startswith("_"):  # Python's own questions
        raise AttributeError(f"module `conducto` has no attribute `{name}`")
    if name == "Path":
        raise gone.error("co.Path", _PATH)
    everything = [each for each in {*known, *MODULES} if not each.startswith("_")]
    help = (
        did_you_mean(name, sorted(everything))
        or "docs/original.md lists every name of older files, and what it is here"
    )
    raise blame(ConductoAttributeError, "C162", f"conducto has no `{name}`", help=help)


def _version() -> str:
    """The release; of the runtime file, which names none, its interface; where nothing is installed, that."""
    from importlib.metadata import PackageNotFoundError, version

    # In the runtime file the package's folder lies in a file.
    runtime = os.path.isfile(os.path.dirname(os.path.dirname(__file__)))
    try:
        return f"0+runtime.{version('conducto-runtime')}" if runtime else version("conducto-compiler")
    except PackageNotFoundError:
        return "0+unknown"
