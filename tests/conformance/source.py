"""A tree as the text of the pipeline file that a user would write for it."""

from __future__ import annotations

from collections.abc import Mapping

from . import observe
from .job import Job
from .trees import KEEP_GOING, SKIP, SUPPRESS, behaviour, children, flags, join, kind, name, walk

_ATTRIBUTES = {SKIP: "skip=True", SUPPRESS: "suppress_errors=True", KEEP_GOING: "stop_on_error=False"}
_CLASSES = {"serial": "co.Serial", "parallel": "co.Parallel"}


def pipeline(
    job: Job, tokens: Mapping[str, str], *, image: str = "", pace: float = 1, sink: str = "", clock: bool = False
) -> str:
    """The file's text: a function `run` that builds the tree by assignment and returns its root.

    `tokens`: from the path an exec is known by to its token. `pace`: seconds. `image`: of the root, "" for none.
    """
    known = job.known()
    variables: dict[str, str] = {}
    lines = ["import conducto as co", "", "", "def run():"]
    for path, node in walk(job.tree):
        variable = variables.setdefault(path, f"n{len(variables)}")
        arguments = [_ATTRIBUTES[flag] for flag in sorted(flags(node))]
        if path == "/" and image:
            arguments.append(f"image={image!r}")
        if kind(node) == "exec":
            self = known.get(path, "")
            text = observe.command(
                behaviour(node),
                tokens[self] if self else "",
                delay=job.delays.get(self, 0) * pace,
                extra=job.extra.get(self, ""),
                sink=sink,
                clock=clock,
            )
            arguments.insert(0, repr(text))
        lines.append(f"    {variable} = {_CLASSES.get(kind(node), 'co.Exec')}({', '.join(arguments)})")
        if path != "/":
            lines.append(f"    {variables[path[: -len(name(node)) - 1] or '/']}[{name(node)!r}] = {variable}")
        for child in children(node):
            variables.setdefault(join(path, name(child)), f"n{len(variables)}")
    return "\n".join([*lines, "    return n0", ""])
