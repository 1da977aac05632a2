"""A tree with Lazies as the text of the pipeline file that a user would write for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import observe
from .job import Job
from .trees import (
    GENERATE,
    KEEP_GOING,
    LAZY,
    SKIP,
    SUPPRESS,
    Tree,
    behaviour,
    children,
    execute,
    flags,
    join,
    kind,
    name,
    walk,
)

#: Where functions run: it holds python3 and nothing of ours.
IMAGE = "python:3.13-slim"
_WORDS = {SKIP: "skip=True", SUPPRESS: "suppress_errors=True", KEEP_GOING: "stop_on_error=False"}
_CLASSES = {"serial": "co.Serial", "parallel": "co.Parallel"}


@dataclass(frozen=True)
class Told:
    """What the file of a job is written with."""

    file: str
    tokens: Mapping[str, str]
    image: str
    pace: float
    sink: str
    clock: bool


def pipeline(job: Job, told: Told) -> str:
    """A file whose function `run` builds the tree, and a function for what each Lazy generates."""
    writer = _Writer(job, told)
    return "\n".join(["import conducto as co", *writer.functions(), "", "", "co.main(default=run)", ""])


class _Writer:
    def __init__(self, job: Job, told: Told) -> None:
        self.job, self.told, self.known = job, told, job.known()
        self.variables: dict[str, str] = {}
        #: The function that makes a node, by its path; and the lines of each function.
        self.made_by: dict[str, str] = {"/": "run"}
        self.bodies: dict[str, list[str]] = {"run": []}

    def functions(self) -> list[str]:
        """The lines of all functions, the whole tree's last."""
        for path, node in walk(self.job.tree):
            self._node(path, node)
        found: list[str] = []
        for function, body in reversed(self.bodies.items()):
            found += [
                "",
                "",
                f"def {function}():",
                *(f"    {line}" for line in body),
                f"    return {body[0].split()[0]}",
            ]
        return found

    def _node(self, path: str, node: Tree) -> None:
        function = self.made_by[path]
        if not function:  # a Generate, which its Lazy has made
            return
        variable = self.variables.setdefault(path, f"n{len(self.variables)}")
        lines = self.bodies[function]
        is_top = not lines
        if LAZY in flags(node):
            lines.append(f"{variable} = {self._lazy(path, node)}")
            lines += [f"{variable}.{_WORDS[flag]}" for flag in sorted(flags(node) - {LAZY})]
            lines += [f"{variable}.image = {self._image()}"] if path == "/" and self.told.image else []
        else:
            words = [_WORDS[flag] for flag in sorted(flags(node))]
            words += [f"image={self._image()}"] if path == "/" and self.told.image else []
            if kind(node) == "exec":
                words.insert(0, repr(self._command(path, node)))
            lines.append(f"{variable} = {_CLASSES.get(kind(node), 'co.Exec')}({', '.join(words)})")
        if not is_top:
            above = path[: -len(name(node)) - 1] or "/"
            lines.append(f"{self.variables[above]}[{name(node)!r}] = {variable}")
        below = ("", f"make{len(self.bodies) - 1}") if LAZY in flags(node) else (function,) * len(children(node))
        for child, maker in zip(children(node), below, strict=True):
            self.made_by[join(path, name(child))] = maker

    def _lazy(self, path: str, node: Tree) -> str:
        """The call that makes a Lazy, and the function that it generates by."""
        first, second = children(node)
        function = f"make{len(self.bodies)}"
        self.bodies[function] = []
        words = [repr(self._generating(join(path, GENERATE), first, function)), f"node_type={_CLASSES[kind(second)]}"]
        return f"co.Lazy({', '.join([*words, *(_WORDS[flag] for flag in sorted(flags(first)))])})"

    def _generating(self, path: str, node: Tree, function: str) -> str:
        asked = f"conducto {self.told.file} {function}"
        does = behaviour(node)
        if does in ("nothing", "two"):
            return "; ".join([self._command(path, execute("", "ok")), *[asked] * (2 if does == "two" else 0)])
        return f"{self._command(path, node)}; {asked}"

    def _command(self, path: str, node: Tree) -> str:
        self_ = self.known.get(path, "")
        return observe.command(
            behaviour(node),
            self.told.tokens[self_] if self_ else "",
            delay=self.job.delays.get(self_, 0) * self.told.pace,
            sink=self.told.sink,
            clock=self.told.clock,
        )

    def _image(self) -> str:
        return f"co.Image({self.told.image!r}, copy_dir='.')"
