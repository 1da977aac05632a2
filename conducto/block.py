"""The open `with` blocks of nodes."""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, List, Optional

if TYPE_CHECKING:
    from .nodes import Node


class Block:
    """One open `with`: its node, and the nodes made in it without a name, which must find a parent before it ends."""

    __slots__ = ("loose", "node", "outer")

    def __init__(self, node: "Node", outer: Optional["Block"]) -> None:
        self.node = node
        self.outer = outer
        self.loose: List[Node] = []


#: The innermost one that is open where we run, of this thread and task.
innermost: contextvars.ContextVar[Optional[Block]] = contextvars.ContextVar("conducto_block", default=None)
