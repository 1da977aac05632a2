"""Which Execs share a container: the values of `container_reuse_context` (docs/semantics.md, "Container reuse")."""

from __future__ import annotations

from enum import Enum


class ContainerReuseContext(Enum):
    """NEW: all Execs under the node, down to another value, share one container. GLOBAL: each has its own again."""

    NEW = "new"
    GLOBAL = "global"


class SameContainer(Enum):
    """The values of `same_container`, the older spelling: INHERIT is `container_reuse_context=None`."""

    NEW = "new"
    ESCAPE = "global"
    INHERIT = None
