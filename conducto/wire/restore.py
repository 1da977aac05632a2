"""A node as it was elsewhere, without what its constructor does: whoever asks for it has checked all of it."""

from __future__ import annotations

from typing import Any, Dict, Optional, Type, Union

from .. import source
from ..call import Call
from ..nodes import CHILDLESS, Exec, Node


def restored(
    kind: Type[Node],
    name: Optional[str],
    parent: Optional[Node],
    own: Dict[str, Any],
    command: Union[str, Call, None] = None,
) -> Node:
    """A node that was checked elsewhere (see read.py), as it was there: its attributes in `own`, which it may share."""
    node = kind.__new__(kind)
    node._site = source.NOWHERE
    node._name = name
    node._parent = parent
    node._top = node if parent is None else parent
    node._own = own
    if kind is Exec:
        node._children = CHILDLESS
        node._command = command
    else:
        node._children = {}
    if parent is not None:
        parent._children[name] = node  # type: ignore[index]
    return node
