"""What is checked of an attribute's value the moment it is set; each check gives the value as a node keeps it."""

from __future__ import annotations

import math
import re
from typing import Any, Optional, Tuple

from . import local_paths, plain, quantities, source
from .blame import blame, carried, exact, out_of_range, said, wrong_type
from .diagnostics import ConductoTypeError
from .image import Image
from .reuse import ContainerReuseContext, SameContainer
from .text import dedent

#: Above any machine, and far below where a float or a target's integers end.
_MOST = 1_000_000
#: Picks the command of an Exec.
_COMMAND = source.argument("command", 0)
#: Some 31 years: every target counts seconds up to here.
_MOST_SECONDS = 1_000_000_000


def flag(name: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise wrong_type(name, value, "True or False")
    return value


def inherited_flag(name: str, value: Any) -> Optional[bool]:
    """True, False, or None for what an ancestor says."""
    return None if value is None else flag(name, value)


def amount(name: str, value: Any) -> Any:
    """An int or a float, greater than 0; None for unset."""
    wanted = "a number greater than 0"
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong_type(name, value, wanted)
    if not value > 0:
        raise out_of_range(name, value, wanted)
    if value > _MOST:
        raise out_of_range(name, value, f"at most {_MOST:,}")
    return float(value) if isinstance(value, float) else int(value)


def count(name: str, value: Any, pick: Optional[source.Pick] = None, least: int = 0) -> Optional[int]:
    """A whole number, `least` or more; None for unset."""
    wanted = f"a whole number from {least} to {_MOST:,}"
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(name, value, wanted, pick)
    if not least <= value <= _MOST:
        raise out_of_range(name, value, wanted, pick)
    return int(value)


def retries(name: str, value: Any) -> int:
    """A whole number, 0 where it is None."""
    return count(name, value) or 0


def at_least_one(name: str, value: Any) -> Optional[int]:
    """A whole number, 1 or more; None for unset."""
    return count(name, value, least=1)


def duration(name: str, value: Any) -> Optional[int]:
    """Whole seconds, rounded up, of a number of seconds or a text such as `90s` or `1h30m`; None for unset."""
    wanted = 'a number of seconds, or a text such as "90s", "5m", "1.5h", "2d" or "1h30m"'
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise wrong_type(name, value, wanted)
    seconds = quantities.seconds(value) if isinstance(value, str) else value
    if seconds is None:
        raise out_of_range(name, value, wanted)
    if not seconds > 0:
        raise out_of_range(name, value, "longer than 0 seconds")
    if seconds > _MOST_SECONDS:
        raise out_of_range(name, value, f"at most {_MOST_SECONDS:,} seconds")
    return math.ceil(seconds)


def image(name: str, value: Any) -> Any:
    """A co.Image, or the name of an image; None for unset."""
    wanted = 'a co.Image, or the name of an image such as "python:3.13-slim"'
    if value is None or isinstance(value, Image):
        return value
    if not isinstance(value, str):
        raise wrong_type(name, value, wanted)
    if not value or value.startswith("-") or re.search(r"[^\x21-\x7e]", value):
        raise out_of_range(name, value, wanted)
    return exact(value)


def text(name: str, value: Any) -> Optional[str]:
    """A text that is only shown; None for none."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong_type(name, value, "a text")
    carried(f"`{name}`", value, source.argument(name))
    local_paths.refuse(f"`{name}`", value, source.argument(name))
    return exact(value)


def name_of_image(name: str, value: Any) -> Optional[str]:
    """The name that an Image was given; None for unset."""
    if value == "":
        raise out_of_range(name, value, "the name of an Image")
    return text(name, value)


def tags(name: str, value: Any) -> Tuple[str, ...]:
    """The tags in a text (one) or a list, tuple or set of texts (sorted), each once; none where it is None."""
    if value is None:
        return ()
    if isinstance(value, str):
        _tag(name, value, source.argument(name))
        return (exact(value),)
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise wrong_type(name, value, "a text, or a list, tuple or set of texts")
    for number, tag in enumerate(value):
        listed = isinstance(value, (list, tuple))
        _tag(name, tag, source.within(name, (number,)) if listed else source.argument(name))
    found = [exact(tag) for tag in value]
    return tuple(dict.fromkeys(sorted(found) if isinstance(value, (set, frozenset)) else found))


def _tag(name: str, tag: Any, pick: source.Pick) -> None:
    if not isinstance(tag, str):
        raise wrong_type(name, tag, "a text, or a list, tuple or set of texts", pick)
    if not tag:
        raise out_of_range(name, tag, "a text of one character or more", pick)
    carried(f"`{name}`", tag, pick)
    local_paths.refuse(f"`{name}`", tag, pick)


def reuse(name: str, value: Any) -> Optional[ContainerReuseContext]:
    """NEW, GLOBAL, or None for what an ancestor says, in either spelling."""
    kind = SameContainer if name == "same_container" else ContainerReuseContext
    wanted = " or ".join(f"co.{member}" for member in kind)
    if isinstance(value, (ContainerReuseContext, SameContainer)):
        value = value.value
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong_type(name, value, wanted)
    if value not in ("new", "global"):
        raise out_of_range(name, value, wanted)
    return ContainerReuseContext(value)


def options(name: str, value: Any) -> Any:
    """Plain data for targets: a dict of their names, each with a dict of texts to plain values; copied."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong_type(name, value, 'a dict such as {"argo": {...}}')
    for target, table in value.items():
        if isinstance(target, str) and not isinstance(table, dict):
            shown = f"{name}[{said(target)}]"
            raise wrong_type(shown, table, "a dict", source.within(name, (target,)))
    return plain.copied(name, value)


def command(value: Any) -> str:
    """The script of an Exec: `value` checked and dedented (docs/semantics.md, "The command")."""
    if not isinstance(value, str):
        message = f"a command is a text, and this is {said(value)}"
        raise blame(ConductoTypeError, "C114", message, _COMMAND, help='write `co.Exec("...")`')
    carried("this command", value, _COMMAND)
    return dedent(exact(value))
