"""The events of a node that a callback may be given for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from . import source
from .blame import blame, said
from .diagnostics import ConductoTypeError

if TYPE_CHECKING:
    from .callback import Callback


class Events:
    """What `node.on_error(co.callback.retry(3))` is made of.

    A callback that does nothing is kept, and compiling warns of it (C224). Raises ConductoTypeError (C121) for what is none.
    """

    __slots__ = ()

    if TYPE_CHECKING:  # what the node has besides

        @property
        def path(self) -> str: ...

        def _set(self, own: Mapping[str, Any]) -> None: ...

        def _note(self, key: str, value: Any) -> None: ...

    def on_done(self, callback: Callback) -> None:
        """When the node has ended done."""
        self._at("on_done", callback)

    def on_error(self, callback: Callback) -> None:
        """When the node has failed."""
        self._at("on_error", callback)

    def on_queued(self, callback: Callback) -> None:
        """When the node may start."""
        self._at("on_queued", callback)

    def on_running(self, callback: Callback) -> None:
        """When the node starts."""
        self._at("on_running", callback)

    def on_killed(self, callback: Callback) -> None:
        """When the node was killed."""
        self._at("on_killed", callback)

    def on_state_change(self, callback: Callback) -> None:
        """At each of these."""
        self._at("on_state_change", callback)

    def _at(self, event: str, callback: Any) -> None:
        from .callback import Callback, Registered

        if not isinstance(callback, Callback):
            message = f"`{event}` is given {said(callback)}, which is no callback"
            pick = source.argument("callback", 0)
            help = "write one of `co.callback`, such as `co.callback.retry(3)`"
            raise blame(ConductoTypeError, "C121", message, pick, help=help, node=self.path)
        if event == "on_error" and callback.attributes:
            self._set(callback.attributes)
        else:
            self._note("_callbacks", Registered(event, callback, source.user_site()))
