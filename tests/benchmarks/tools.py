"""What is measured: each tool turns rows into what it makes of them, step by step, told when each has ended.

Runs also where only the original is installed, so that nothing of ours is imported before a tool of ours is asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from tests.benchmarks.shapes import Row

#: Told the name of each step when it has ended, and what is to be kept until then.
Done = Callable[[str, Any], None]
#: Rows -> the commands that are in what was made.
Tool = Callable[[Iterable[Row], Done], list[str]]

#: Of all nodes: what facts call "image inherited".
IMAGE = "python:3.13-slim"


def tree(co: Any, rows: Iterable[Row]) -> Any:
    """The rows as nodes of `co`, ours or the original."""
    kinds = {"serial": co.Serial, "parallel": co.Parallel}
    groups: dict[int, Any] = {}
    for number, row in enumerate(rows):
        if row.kind == "exec":
            groups[row.parent][row.name] = co.Exec(row.command)
            continue
        groups[number] = kinds[row.kind](image=IMAGE) if row.parent < 0 else kinds[row.kind]()
        if row.parent >= 0:
            groups[row.parent][row.name] = groups[number]
    return groups[0]


def _commands(root: Any) -> list[str]:
    """What the Execs of a tree run; without recursion, for the original too."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        waiting += node.children.values()
        found += [] if node.children else [node.command]
    return found


def ours(emit: bool) -> Tool:
    """Build and the passes to a Plan; with `emit` make's files too."""
    import conducto as co
    from conducto import compile, config, targets
    from conducto.diagnostics import Report
    from conducto.ir.plan import Origin
    from conducto.repository import Repository

    emitter, origin = targets.get("make"), Origin("pipeline", "pipeline.py", "run", output="pipeline.mk")
    here = Repository("/", True)

    def run(rows: Iterable[Row], done: Done) -> list[str]:
        root = tree(co, rows)
        done("build", root)
        report = Report()
        plan = compile.passes(compile.Pipeline(root, origin, here, config.Config()), emitter, None, report)
        done("passes", plan)
        if emit:
            files = compile.files_of(plan, emitter, report)
            report.raise_errors()
            done("make", files)
            return re.findall(r"^\t@\$\(exec\).* -- '(.*)'$", files[origin.output], re.MULTILINE)
        return [row.script for row in plan.rows if row.kind == "exec"]

    return run


def original() -> Tool:
    """The original client: build, and serialize to what its service took."""
    import conducto as co

    def run(rows: Iterable[Row], done: Done) -> list[str]:
        root = tree(co, rows)
        done("build", root)
        done("serialize", root.serialize())
        return _commands(root)

    return run


def objects() -> Tool:
    """A dict for each row, and json.dumps of them all."""

    def run(rows: Iterable[Row], done: Done) -> list[str]:
        found = [
            {"parent": row.parent, "kind": row.kind, "name": row.name, "command": row.command, "image": IMAGE}
            for row in rows
        ]
        done("build", found)
        text = json.dumps(found)
        done("write", text)
        return [each["command"] for each in json.loads(text) if each["kind"] == "exec"]

    return run


def plain() -> Tool:
    """A line for each Exec, written by an f-string: no tree, no checks."""

    def run(rows: Iterable[Row], done: Done) -> list[str]:
        text = "".join([f"{row.name}:\n\t{row.command}\n" for row in rows if row.command])
        done("write", text)
        return [line[1:] for line in text.split("\n") if line.startswith("\t")]

    return run


TOOLS: dict[str, Callable[[], Tool]] = {
    "ours": lambda: ours(False),
    "ours to make": lambda: ours(True),
    "original": original,
    "dict + json.dumps": objects,
    "plain writer": plain,
}
