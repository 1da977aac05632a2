"""`co.callback`: what a node does at an event. `retry` and `retry_then_skip` are attributes of ours by another name; the others
belonged to a service that ran pipelines, and nothing that we compile to has them: they are kept, and warned about.
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, NamedTuple, Optional, Sequence

from . import checks, source
from .blame import blame, wrong_type
from .diagnostics import ConductoAttributeError, did_you_mean
from .source import Site

__all__ = [
    "email",
    "github_pipeline_status",
    "github_status",
    "handle_memory_errors",
    "retry",
    "retry_then_skip",
    "retry_with_double_mem",
    "skip_some_errors",
    "slack",
    "slack_status",
]

_MEMORY = "set `mem` to the most that it needs, and `retries`"
_TELL = "let an Exec tell of it: the last one of a Serial with `stop_on_error=False`"


class Callback:
    """One action: its `name`, the attributes that say the same at `on_error` (none: it does nothing), and what to do instead."""

    __slots__ = ("attributes", "help", "name")

    def __init__(self, name: str, help: str, attributes: Optional[Mapping[str, Any]] = None) -> None:
        self.name = name
        self.help = help
        self.attributes: Dict[str, Any] = dict(attributes or {})

    def __repr__(self) -> str:
        return f"co.callback.{self.name}(...)"


class Registered(NamedTuple):
    """A callback that does nothing, the event that it was given for, and where."""

    event: str
    callback: Callback
    site: Site


def retry(max_num_retries: int, *, inherited: bool = False, user_display: bool = True) -> Callback:
    """At `on_error`: the node's `retries`."""
    return _retrying("retry", max_num_retries, inherited)


def retry_then_skip(max_num_retries: int, *, inherited: bool = False, user_display: bool = True) -> Callback:
    """At `on_error`: the node's `retries`, and `suppress_errors=True`."""
    return _retrying("retry_then_skip", max_num_retries, inherited, suppress_errors=True)


def _retrying(name: str, retries: Any, inherited: bool, **more: bool) -> Callback:
    attributes = {"retries": _retries(retries), **more}
    said = " and ".join(f"`{key}`" for key in attributes)
    help = f"set {said} on each node that it is for" if inherited else f"give it to `on_error`, or set {said}"
    return Callback(name, help, None if inherited else attributes)


def _retries(value: Any) -> int:
    """Raises as the attribute `retries` does (C110)."""
    pick = source.argument("max_num_retries", 0)
    number = checks.count("max_num_retries", value, pick)
    if number is None:
        raise wrong_type("max_num_retries", value, "a whole number", pick)
    return number


def retry_with_double_mem(max_num_retries: int, *, inherited: bool = False, user_display: bool = True) -> Callback:
    """Nothing: no target gives more memory to a further attempt."""
    _retries(max_num_retries)
    return Callback("retry_with_double_mem", _MEMORY)


def handle_memory_errors(
    mem_limits: Sequence[float] = (8, 32),
    max_duration: float = 3600,
    *,
    inherited: bool = False,
    user_display: bool = True,
) -> Callback:
    """Nothing: no target gives more memory to a further attempt."""
    return Callback("handle_memory_errors", _MEMORY)


def skip_some_errors(max_num_errors: int, *, inherited: bool = False, user_display: bool = True) -> Callback:
    """Nothing: no target counts the failures in a node."""
    return Callback("skip_some_errors", "`suppress_errors=True` on a node forgives all that fails in it")


def email(to: Any = None, cc: Any = None, *, inherited: bool = False, user_display: bool = True) -> Callback:
    """Nothing: an Exec can send it."""
    return Callback("email", _TELL)


def slack_status(
    recipient: str,
    message: Optional[str] = None,
    node_summary: bool = False,
    *,
    inherited: bool = False,
    user_display: bool = True,
) -> Callback:
    """Nothing: an Exec can send it."""
    return Callback("slack_status", _TELL)


def slack(*arguments: Any, **named: Any) -> Callback:
    """Nothing: the older name of `slack_status`."""
    return Callback("slack", _TELL)


def github_status(url: str, sha: str, *, inherited: bool = False, user_display: bool = True) -> Callback:
    """Nothing: GitHub itself shows how the jobs that it runs end."""
    return Callback("github_status", _TELL)


def github_pipeline_status(url: str, sha: str, *, inherited: bool = False, user_display: bool = True) -> Callback:
    """Nothing: GitHub itself shows how the jobs that it runs end."""
    return Callback("github_pipeline_status", _TELL)


def __getattr__(name: str) -> Any:
    if name.startswith("_"):  # Python's own questions
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
    from . import gone

    if name in gone.CALLBACKS:
        raise gone.error(f"co.callback.{name}", gone.CALLBACKS[name])
    help = did_you_mean(name, __all__) or f"there are {', '.join(__all__)}"
    raise blame(ConductoAttributeError, "C162", f"co.callback has no `{name}`", help=help)
