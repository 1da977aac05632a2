"""The comment that every generated file begins with, and how a file is known by it as made from its source."""

from __future__ import annotations

import re
from itertools import islice
from typing import Iterator, List, NamedTuple, Optional, Sequence

from .ir.plan import Origin
from .ir.tree import Tree
from .pretty import Row, lines, rows
from .text import comment, shell_word

_MOST_LINES = 60
_MOST_COLUMNS = 100
_ALL = "conducto compile"
_AGAIN = "# Make it again"
_ROOT = ", from the repository's root"
_MADE = re.compile(r"# Made by conducto from (?P<source>.*), (?P<function>\S+)\. Change that file and compile again\.")


class Maker(NamedTuple):
    """What a generated file says that it was made from."""

    source: str
    function: str


def header(origin: Origin, target: str, usage: Sequence[str]) -> List[str]:
    """The lines of the comment, each beginning with `#`: made by and from what, how to run, how to make again, the tree."""
    return [
        made_line(origin),
        "#",
        "# Run it:",
        *(f"#   {comment(line)}".rstrip() for line in usage),
        *_again(origin, target),
        "#",
        *(f"# {comment(line)}".rstrip() for line in origin.printed),
    ]


def _again(origin: Origin, target: str) -> List[str]:
    """Where to make it again, and how: what pyproject.toml has needs no words."""
    where = _ROOT if "/" in origin.source else ""
    if origin.launched:
        return [f"# Launch it again{where}:", f"#   {comment(origin.launched)}"]
    if origin.configured is not None:
        if origin.configured and origin.configured.split("/")[0] != "..":
            where = f", from {comment(origin.configured)}"
        return [f"{_AGAIN}{where}:", f"#   {_ALL}"]
    source = f"./{origin.source}" if origin.source.startswith("-") else origin.source
    again = f"{_ALL} --target {target} {shell_word(source)}"
    if origin.explicit or origin.arguments:
        again += f" {shell_word(origin.function)}"
    if origin.output_option:
        again += f" -o {shell_word(origin.output_option)}"
    if origin.arguments:
        again += " -- " + " ".join(shell_word(argument) for argument in origin.arguments)
    return [f"{_AGAIN}{where}:", f"#   {comment(again)}"]


def project(text: str) -> Optional[str]:
    """The folder of the pyproject.toml that has the pipeline which `text` was made from, as it says; None where none has."""
    lines = [line.rstrip("\r") for line in text.split("\n", _MOST_LINES)[:_MOST_LINES]]
    for number, line in enumerate(lines):
        if line.startswith(_AGAIN) and line.endswith(":") and lines[number + 1 : number + 2] == [f"#   {_ALL}"]:
            where = line[len(_AGAIN) : -1]
            return "" if where in ("", _ROOT) else where[len(", from ") :]
    return None


def made_line(origin: Origin) -> str:
    """The first line: the one by which a file is known as ours, if it is for others, too."""
    if origin.launched:
        return (
            f"# Made by conducto from {comment(origin.source)}, to be run here. Change that file and launch it again."
        )
    return f"# Made by conducto from {comment(origin.source)}, {origin.function}. Change that file and compile again."


def maker(text: str) -> Optional[Maker]:
    """What `text` says that it was made from, or None for a file that is not ours. Only its first lines count."""
    for line in text.split("\n", 3)[:3]:
        found = _MADE.fullmatch(line.rstrip("\r"))
        if found:
            return Maker(found["source"], found["function"])
    return None


def printed(tree: Tree) -> List[str]:
    """The printed tree for a header: at most 60 lines of 100 columns; of a larger one the groups, with counts of Execs."""
    if len(tree) <= _MOST_LINES:
        return [_cut(line) for line in lines(_tree_rows(tree, range(len(tree))))]
    groups = [number for number, row in enumerate(tree.rows) if row.kind != "exec"]
    more = len(groups) - _MOST_LINES
    shown = [
        _cut(line) for line in lines(islice(_group_rows(tree, groups), _MOST_LINES if more <= 0 else _MOST_LINES - 1))
    ]
    return [*shown, f"... and {more + 1:,} more groups"] if more > 0 else shown


def _tree_rows(tree: Tree, kept: Sequence[int]) -> Iterator[Row]:
    keep = set(kept)
    return rows(
        0,
        lambda n: [child for child in tree.children[n] if child in keep],
        lambda n: tree.rows[n].kind,
        lambda n: tree.rows[n].name,
        lambda n: tree.rows[n].script if tree.rows[n].kind == "exec" else None,
    )


def _group_rows(tree: Tree, groups: Sequence[int]) -> Iterator[Row]:
    """The rows of the groups alone, each name with the number of Execs below; made one by one, as those of a chain grow."""
    counts = [0] * len(tree)
    for number in range(len(tree) - 1, -1, -1):
        counts[number] += tree.rows[number].kind == "exec"
        if number:
            counts[tree.rows[number].parent] += counts[number]
    for number, (lead, name, _) in zip(groups, _tree_rows(tree, groups)):
        yield lead, f"{name} ({counts[number]:,} Exec{'s' if counts[number] != 1 else ''})", None


def _cut(line: str) -> str:
    return line if len(line) <= _MOST_COLUMNS else line[: _MOST_COLUMNS - 3] + "..."
