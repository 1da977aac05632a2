"""`co.nb`: a function that shows its steps as the cells of a notebook, in the log of its node."""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
import tokenize
from types import TracebackType
from typing import List, Optional, Tuple, Type

from .blame import blame
from .diagnostics import ConductoValueError

__all__ = ["cell", "matplotlib_inline"]


class cell:
    """`with co.nb.cell():` prints the comment at the top of the block, and its code, as Markdown, and then runs it.

    Raises ConductoValueError (C167) where the `with` has no source that can be read.
    """

    def __init__(self) -> None:
        frame = sys._getframe(1)
        lines = linecache.getlines(frame.f_code.co_filename)
        found = _block(lines, frame.f_lineno)
        if found is None:
            message = "the source of this `with co.nb.cell()` cannot be read"
            raise blame(ConductoValueError, "C167", message, help="write it into a file, as a statement of its own")
        self._text = _markdown(found)

    def __enter__(self) -> None:
        print(self._text, flush=True)

    def __exit__(
        self, error: Optional[Type[BaseException]], value: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        pass


def _block(lines: List[str], line: int) -> Optional[List[str]]:
    """The lines in the `with` that has an item on a line, dedented, comments at its top included."""
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, (ast.With, ast.AsyncWith)):
            items = [item.context_expr for item in node.items]
            if any(item.lineno <= line <= (item.end_lineno or 0) for item in items):
                block = lines[_header(lines, node.lineno) : node.end_lineno]
                return inspect.cleandoc("".join(block)).splitlines()
    return None


def _header(lines: List[str], first: int) -> int:
    """The last line of the statement's own that begins on line `first`, before its block."""
    tokens = tokenize.generate_tokens(iter(lines[first - 1 :]).__next__)
    return first - 1 + next(token.end[0] for token in tokens if token.type == tokenize.NEWLINE)


def _markdown(block: List[str]) -> str:
    comment, code = _parted(block)
    text = [inspect.cleandoc("\n" + "\n".join(line[1:] for line in comment))] if comment else []
    if code and code != ["pass"]:
        text += ["```python", *code, "```"]
    return "\n".join(text)


def _parted(block: List[str]) -> Tuple[List[str], List[str]]:
    for number, line in enumerate(block):
        if not line.startswith("#"):
            return block[:number], block[number:]
    return block, []


def matplotlib_inline() -> None:
    """Let `plt.show()` save each figure as a file that is handed out when the run ends, and print its name: see nb_plots.py."""
    import matplotlib

    matplotlib.use("module://conducto.nb_plots")
