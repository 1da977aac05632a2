"""The scripts that the steps of a workflow share, made of `templates/github/step.sh`: of its parts those that are needed.

That file is bash with a line `#: PART ...` before each section, which is there where all of these parts are. What is of one
node stands in its step's `env`, and no section does anything for a step that has nothing for it there: a script does the
same with more parts than a step needs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import AbstractSet, Set, Tuple

#: What a node may need besides having its command run.
PARTS = ("secrets", "shell", "runtime", "code", "clone", "max_time", "retries")
#: What of these needs a container.
DOCKER_PARTS = ("socket", "platform", "build")


def script(place: str, parts: AbstractSet[str]) -> str:
    """The script that runs commands in a "docker" container or on the "host", for steps that need these parts."""
    here = {*_derived(place, parts), "always"}
    return "\n".join(line for wanted, lines in _sections() if wanted <= here for line in lines)


def _derived(place: str, parts: AbstractSet[str]) -> Set[str]:
    """The parts, and what follows from them."""
    docker = place == "docker"
    copied = docker and bool({"code", "clone", "runtime"} & parts)
    temporary = copied or bool({"build", "clone", "runtime", "max_time"} & parts)
    created = docker and (copied or "max_time" in parts)
    plain = docker and not created and not {"build", "retries"} & parts
    follows = {
        "files": docker and bool({"code", "clone"} & parts),
        "copied": copied,
        "temporary": temporary,
        "lasting": not temporary,
        "plain": plain,
        "attempt": not plain,
        "run": docker and not plain and not created,
        "create": created,
        "start": created and "max_time" not in parts,
        "waiting": not docker or "max_time" in parts,
        "single": "retries" not in parts,
    }
    return {place, *parts, *(name for name, holds in follows.items() if holds)}


@lru_cache(maxsize=None)
def _sections() -> Tuple[Tuple[AbstractSet[str], Tuple[str, ...]], ...]:
    """What each section wants, and its lines."""
    from importlib.resources import files

    text = files("conducto.templates").joinpath("github/step.sh").read_text(encoding="utf-8")
    found = []
    for section in text.split("#: ")[1:]:
        wanted, *lines = section.rstrip("\n").split("\n")
        found.append((frozenset(wanted.split()), tuple(lines)))
    return tuple(found)
