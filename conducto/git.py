"""`co.git`: what showed on GitHub how a node ended, which GitHub does by itself for what it runs."""

from __future__ import annotations

from . import callback, source
from .blame import wrong_type
from .nodes import Node


def apply_status(parent: Node) -> None:
    """Nothing, which compiling warns of (C224): GitHub itself shows how the jobs that it runs end.

    Raises ConductoTypeError (C110) for what is no node.
    """
    if not isinstance(parent, Node):
        raise wrong_type("parent", parent, "a node", source.argument("parent", 0))
    parent.on_state_change(callback.github_status("", ""))


def apply_status_all(parent: Node) -> None:
    """Nothing, as apply_status: its older name."""
    apply_status(parent)
