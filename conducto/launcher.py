"""The door from what a user's file imports to the compiler: opened where a pipeline is launched, and only then."""

from __future__ import annotations

import importlib
from typing import Any, Iterator, Sequence

from . import arguments
from .diagnostics import ConductoError, Diagnostic
from .entry import Entry, may_return_node
from .nodes import Node

#: The options of a launch, which a parameter of the function goes before; the other ones are of the service that is no more.
OPTIONS = frozenset(
    (
        *("local", "run", "no-run", "shell", "no-shell", "sleep-when-done", "no-sleep-when-done", "retention"),
        *("engine", "jobs", "title", "doc", "default-doc", "no-app"),
        *("cloud", "k8s", "run-at", "app", "public", "pipeline-id", "profile"),
    )
)


def option(word: str) -> str:
    """The name of the option that a word of a command line is, as it stands in OPTIONS; "" for none."""
    return word[2:].partition("=")[0].replace("_", "-") if word.startswith("--") else ""


def places(chosen: Entry, words: Sequence[str]) -> Iterator[int]:
    """The numbers of the words that are options of a launch to us: none of the function's own, and no value of one."""
    cut = words.index("--") if "--" in words else len(words)
    if isinstance(chosen.value, Node):
        found: Iterator[int] = iter(range(cut))
    else:
        found = arguments.not_its_own(chosen.value, words[:cut]) if may_return_node(chosen.value) else iter(())
    return (number for number in found if option(words[number]) in OPTIONS)


def asked(chosen: Entry, words: Sequence[str]) -> bool:
    """Whether the words for an entry are about launching it."""
    return next(places(chosen, words), None) is not None


def opened() -> Any:
    """The package `conducto.launch`, and with it the compiler.

    Raises ConductoError: C427 where this is the runtime file, C435 where a library is missing.
    """
    package = f"{__package__}.launch"
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as error:
        missing = str(error.name)
        if missing != package and missing.startswith(f"{__package__}."):
            raise  # a fault of ours, and nothing that could be installed
    if missing == package:
        message = "a pipeline is launched by the compiler, and this is the runtime file alone"
        help = "install conducto-compiler where you launch it; in a running pipeline, `co.Lazy` makes more nodes"
        raise ConductoError(Diagnostic("C427", message, help=help))
    message = f"a pipeline is launched by the compiler, which needs {missing}, and that is not installed"
    raise ConductoError(Diagnostic("C435", message, help="install conducto-compiler with what it needs, by pip"))
