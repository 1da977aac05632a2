"""The printed tree, byte for byte as docs/semantics.md ("Printing") shows it; with colour where asked."""

from __future__ import annotations

import io
import os
from typing import IO, TYPE_CHECKING, Any, Callable, Iterable, Iterator, List, Optional, Sequence, Tuple

from .commands import Commands
from .text import shown

if TYPE_CHECKING:
    from .nodes import Node

#: (text before the name, name, command of an Exec or None)
Row = Tuple[str, str, Optional[str]]

_EXEC_COLOUR, _GROUP_COLOUR, _NO_COLOUR = "\x1b[1;36m", "\x1b[1;34m", "\x1b[0m"


def rows(
    root: Any,
    children: Callable[[Any], Sequence[Any]],
    kind: Callable[[Any], str],
    name: Callable[[Any], str],
    command: Callable[[Any], Optional[str]],
) -> Iterator[Row]:
    """The rows of any tree that these four functions describe, in print order; never recursive."""
    yield "", "/", command(root)
    stack: List[Tuple[Iterator[Tuple[int, Any]], str, int, bool]] = []

    def push(node: Any, indent: str) -> None:
        below = children(node)
        stack.append((iter(enumerate(below)), indent, len(below), kind(node) == "serial"))

    push(root, "")
    while stack:
        below, indent, count, numbered = stack[-1]
        number, child = next(below, (-1, None))
        if number < 0:
            stack.pop()
            continue
        last = number == count - 1
        index = str(number).zfill(len(str(count - 1))) if numbered else ""
        yield f"{indent}{'└─' if last else '├─'}{index} ", name(child), command(child)
        push(child, indent + ("  " if last else "│ "))


def lines(found: Iterable[Row], colour: bool = False) -> Iterator[str]:
    """One line for each row: an Exec's name, three blanks and its command, right-stripped; a group's name as it is."""
    for lead, name, command in found:
        label = shown(name)
        if colour:
            label = f"{_GROUP_COLOUR if command is None else _EXEC_COLOUR}{label}{_NO_COLOUR}"
        yield f"{lead}{label}" if command is None else f"{lead}{label}   {shown(command)}".rstrip()


def node_rows(node: "Node") -> Iterator[Row]:
    """The rows of the tree below `node`."""
    return rows(
        node,
        lambda n: list(n.children.values()),
        lambda n: n.kind,
        lambda n: n.name,
        Commands(node).of,
    )


def node_text(node: "Node", colour: bool = False) -> str:
    """The printed tree below `node`, without a last newline."""
    return "\n".join(lines(node_rows(node), colour))


def write(node: "Node", stream: IO[str]) -> None:
    """Print the tree below `node` line by line, as UTF-8 where the stream's own encoding has no boxes; then flush."""
    if isinstance(stream, io.TextIOWrapper) and not _has_boxes(stream.encoding):
        stream.reconfigure(encoding="utf-8")
    for line in lines(node_rows(node), wants_colour(stream)):
        stream.write(line + "\n")
    stream.flush()


def _has_boxes(encoding: str) -> bool:
    try:
        "├└─│".encode(encoding)
    except UnicodeError:
        return False
    return True


def wants_colour(stream: IO[str]) -> bool:
    """Colour only on a terminal, and never where NO_COLOR is set (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"
