"""A node as it was elsewhere, without what its constructor does: whoever asks for it has checked all of it."""

from __future__ import annotations

from typing import Any, Dict, Optional, Type, Union

from .. import source
from ..attributed import set_own
from ..call import Call
from ..nodes import Exec, Node, set_children, set_command, set_name, set_parent, set_site, set_top


def restored(
    kind: Type[Node],
    name: Optional[str],
    parent: Optional[Node],
    own: Dict[str, Any],
    command: Union[str, Call, None] = None,
) -> Node:
    """A node that was checked elsewhere (see read.py), as it was there: its attributes in `own`, which it may share."""
    node = kind.__new__(kind)
    set_site(node, source.NOWHERE)
    set_name(node, name)
    set_parent(node, parent)
    set_top(node, node if parent is None else parent)
    set_own(node, own)
    if kind is Exec:
        set_command(node, command)
    else:
        set_children(node, {})
    if parent is not None:
        parent._children[name] = node  # type: ignore[index]
    return node


def restored_exec(name: str, parent: Node, siblings: Dict[str, Node], own: Dict[str, Any], command: str) -> Node:
    """`restored` of an Exec with a text, which nearly every node is; `siblings` are the children of `parent` so far."""
    node = Exec.__new__(Exec)
    set_site(node, source.NOWHERE)
    set_name(node, name)
    set_parent(node, parent)
    set_top(node, parent)
    set_own(node, own)
    set_command(node, command)
    siblings[name] = node
    return node
