"""What a launch may be told: how it is written on a command line, and what each value must be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .. import commandline, launcher
from ..diagnostics import ConductoError, Diagnostic
from ..entry import Entry
from ..text import complaint, shown

ENGINES = ("docker", "host")


class Options(NamedTuple):
    """How a pipeline is launched.

    `use_shell` shows the run and waits for it, `retention` is in days, without `run` it is only made ready. `engine` is one of
    ENGINES, None for what this machine has; `jobs` is how many Execs run at once, None for the makefile's own. `title` and
    `doc` are the root's instead of its own, `default_doc` where it has none.
    """

    use_shell: bool = True
    retention: float = 7
    run: bool = True
    sleep_when_done: bool = False
    engine: str | None = None
    jobs: int | None = None
    title: str | None = None
    doc: str | None = None
    default_doc: str | None = None


class Option(NamedTuple):
    """One option of a command line: the field that it sets, what reads its value (None for a flag, which has a `--no-`), what the
    value is called, and what people are told of it.
    """

    field: str
    read: Callable[[str], Any] | None
    value: str
    help: str


def days(text: str) -> float:
    """A number of days, 0 or more. Raises ValueError for any other text."""
    found = float(text)
    if not (found >= 0 and math.isfinite(found)):
        raise ValueError(text)
    return int(found) if found == int(found) else found


def jobs(text: str) -> int:
    """A whole number, 1 or more. Raises ValueError for any other text."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1_000_000):
        raise ValueError(text)
    return int(text)


def engine(text: str) -> str:
    """The name of an engine. Raises ValueError for any other text."""
    if text not in ENGINES:
        raise ValueError(text)
    return text


def told(text: str) -> str:
    """What is only shown. Raises ValueError for what cannot be carried."""
    if complaint(text) is not None:
        raise ValueError(text)
    return text


OPTIONS: Mapping[str, Option] = {
    "run": Option("run", None, "", "Run it; with --no-run it is only made ready, and said how it is started."),
    "shell": Option("use_shell", None, "", "Show the run and wait for it; with --no-shell it goes on by itself."),
    "sleep-when-done": Option("sleep_when_done", None, "", "Say at the end what is kept of a run that was done."),
    "retention": Option(
        "retention", days, "DAYS", "Delete it after so many days in which nothing happened; 7 by default."
    ),
    "engine": Option(
        "engine", engine, "|".join(ENGINES), "In containers, or without; by default docker where it answers."
    ),
    "jobs": Option("jobs", jobs, "N", "How many Execs run at once; 8 by default."),
    "title": Option("title", told, "TEXT", "The root's title; it keeps the run apart from others of this pipeline."),
    "doc": Option("doc", told, "TEXT", "The root's doc."),
    "default-doc": Option("default_doc", told, "TEXT", "The root's doc where it has none."),
}

#: What only the hosted service had, each with what there is instead.
GONE: Mapping[str, str] = {
    "cloud": "run it here by `{here}`, or compile it for what you have: `conducto compile --target github`",
    "k8s": "compile it for your cluster: `conducto compile --target argo`; or run it here by `{here}`",
    "run-at": "leave it out, and let cron or the like call `conducto run` at that time",
    "app": "leave it out: a run is shown on the terminal, and its logs are files",
    "public": "leave it out: nothing of a run leaves this machine",
    "pipeline-id": "leave it out: a launch takes the place of the last one of the same pipeline and title",
    "profile": "leave it out: settings stand in `[tool.conducto]` of pyproject.toml, Secrets in the environment",
}


def gone(name: str, shown: str, here: str = "--local") -> Diagnostic:
    """C430, for something that only the service had; `shown` is how it was written, `here` how a run on this machine is."""
    help = GONE[name].format(here=here)
    return Diagnostic("C430", f"`{shown}` is of the hosted service, which is no more", help=help)


# --- of a command line ------------------------------------------------------------------------------------------------


def read(chosen: Entry, words: Sequence[str]) -> tuple[Options, tuple[str, ...]]:
    """The options of a launch among the words for an entry, and the words that are left.

    Raises ConductoError: C409 for a value that is none, C430 for an option of the service, C431 where nothing says that it
    shall be launched (`--local` or `--run`).
    """
    refuse_gone(chosen, words)
    places = list(launcher.places(chosen, words))
    found: dict[str, Any] = {}
    used: set[int] = set()
    for number in places:
        following = words[number + 1] if number + 1 < len(words) and not words[number + 1].startswith("--") else None
        name, value, takes_next = _one(words[number], following)
        used |= {number, number + 1} if takes_next else {number}
        found[name] = value
    if not (found.get("local") or found.get("run")):
        first = words[places[0]]
        message = f"`{shown(first)}` is about launching, and nothing says that this shall be launched"
        raise _error("C431", message, first, "add `--local`")
    rest = tuple(word for number, word in enumerate(words) if number not in used)
    return Options(**{OPTIONS[name].field: value for name, value in found.items() if name in OPTIONS}), rest


def refuse_gone(chosen: Entry, words: Sequence[str]) -> None:
    """Raise ConductoError (C430) where one of the words for an entry is an option of the service."""
    for number in launcher.places(chosen, words):
        spelled, name = words[number].partition("=")[0], launcher.option(words[number])
        if name in GONE:
            raise ConductoError(gone(name, spelled)._replace(location=commandline.word(words[number])))


def _one(word: str, following: str | None) -> tuple[str, Any, bool]:
    """The name of the option in a word, its value, and whether that is the word behind it."""
    name, (spelled, equals, value) = launcher.option(word), word.partition("=")
    if name not in OPTIONS or OPTIONS[name].read is None:
        if equals:
            raise _error("C409", f"`{spelled}` takes no value", word, "leave the value out")
        return (name[3:], False, False) if name.startswith("no-") else (name, True, False)
    if equals:
        return name, _value(word, name, value), False
    if following is None:
        raise _error("C409", f"`{word}` wants a value", word, f"write `--{name}={OPTIONS[name].value}`")
    return name, _value(word, name, following), True


def _value(word: str, name: str, text: str) -> Any:
    option = OPTIONS[name]
    assert option.read is not None
    try:
        return option.read(text)
    except ValueError:
        message = f"`{shown(text)}` is no value of `--{name}`"
        raise _error("C409", message, word, f"write `--{name}={option.value}`") from None


def _error(code: str, message: str, word: str, help: str) -> ConductoError:
    return ConductoError(Diagnostic(code, message, location=commandline.word(word), help=help))
