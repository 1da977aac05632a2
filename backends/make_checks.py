"""What the make target refuses, naming the node: C310, C313, C315."""

from __future__ import annotations

import re
from typing import Any, Callable, Iterator, Mapping, Tuple

from conducto.diagnostics import Report
from conducto.ir.plan import Plan

#: A program's arguments and environment together end at 1 MB (macOS) or 2 MB (Linux); a node's texts stand in both.
_MOST_TEXT = 400_000

#: One variable of the environment ends at 131,072 bytes on Linux.
_MOST_ABOVE = 100_000

#: Names that make, the makefile or a shell gives a value of its own, whatever the caller's environment says.
_TAKEN = re.compile(
    r"CONDUCTO_.*|ENGINE|JOBS|STATE|RUN_FLAGS|HOST_IMAGES|DEFAULT_IMAGE|FOLDER|ROOT|NODES|ATTEMPTS|IMAGES|CHOSEN|MAIN|"
    r"USER_DATA|SHARING|SHARING_HERE|SETTINGS|GOALS|MAKE.*|GNUMAKEFLAGS|MFLAGS|CURDIR|SHELL|BASH.*|DIRSTACK|E?UID|FUNCNAME|GROUPS|IFS|LINENO|OLDPWD|"
    r"OPT(ARG|ERR|IND)|PIPESTATUS|PPID|PS[0-4]|PWD|RANDOM|SECONDS|SHELLOPTS|SHLVL|_"
)


def check(plan: Plan, report: Report) -> None:
    """Complain of what make, docker or a shell cannot take."""
    for number, size in _texts(plan):
        row = plan.rows[number]
        if size > _MOST_TEXT:
            message = f"command and env of this node have {size:,} bytes, and make can hand on {_MOST_TEXT:,}"
            report.error("C310", message, node=plan.path(number), site=row.site, help="put some into a file")
        for name in row.secrets.values():
            if _TAKEN.fullmatch(name):
                message = (
                    f"a Secret `{name}` cannot come from the environment of make: a program there sets `{name}` itself"
                )
                report.error("C313", message, node=plan.path(number), site=row.site, help="give it another name")


def check_above(plan: Plan, node: Callable[[int], Mapping[str, Any]], report: Report) -> None:
    """C315: what a Generate must be told of the nodes above it is an environment variable, and those have an end.

    `node` gives what the row of a number becomes.
    """
    for number in plan.leaves():
        message = too_much_above(node(number)) if plan.rows[number].lazy else ""
        if message:
            report.error(
                "C315", message, node=plan.path(number), site=plan.rows[number].site, help="put some into a file"
            )


def too_much_above(node: Mapping[str, Any]) -> str:
    """What C315 says of a Generate, or ""."""
    size = len(node.get("above", "").encode())
    if size <= _MOST_ABOVE:
        return ""
    return f"images and env above this node have {size:,} bytes, and make can hand on {_MOST_ABOVE:,}"


def _texts(plan: Plan) -> Iterator[Tuple[int, int]]:
    """Each Exec that runs, and how many bytes its command, path, env and words for docker have together."""
    paths = plan.tree.path_sizes()
    for number in plan.leaves():
        row = plan.rows[number]
        size = sum(len(key.encode()) + len(value.encode()) + 2 for key, value in row.texts.items())
        size += sum(len(word.encode()) + 1 for word in row.docker_run_args)
        yield number, size + len(row.script.encode()) + max(1, paths[number])
