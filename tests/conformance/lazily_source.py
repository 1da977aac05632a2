"""A tree with Lazies as the text of the pipeline file that a user would write for it."""

from __future__ import annotations

import shlex
import zlib

from .job import Job
from .source import CLASSES, Told, arguments, command, root_image
from .trees import BY_COMMAND, GENERATE, LAZY, Tree, behaviour, children, flags, join, kind, name, walk

# What a function that generates says first, by a shell as a command would: its lines, and how it behaves.
_HEAD = """\
import os
import subprocess
import sys

import conducto as co


def _say(text):
    status = subprocess.run(["sh", "-c", text], stdin=0).returncode
    if status < 0:
        os.kill(os.getpid(), -status)
    if status:
        sys.exit(status)


def _end_badly():
    import atexit

    atexit.register(lambda: (sys.stdout.flush(), os._exit(3)))


def _other():
    return ["conducto", FILE, "another"]


def another():
    root = co.Parallel()
    root["wrong"] = co.Exec("echo this must not run")
    return root
"""
#: What a function does before it returns its tree, which then cannot be taken.
_FIRST = {
    "nothing": ["return None"],
    "leaf": ['return co.Exec("true")'],
    "raises": ['raise ValueError("no pipeline")'],
    "two": ["subprocess.run(_other())"],
    "cut": ["sys.stdout.write(subprocess.check_output(_other(), text=True)[:-20])", "return None"],
    "late": ["_end_badly()"],
}
#: The same of a command line, of which `ASK` has its pipeline printed. The others are of the function that it names.
_LINES = {
    "nothing": "true",
    "two": "ASK; ASK",
    "cut": "ASK | sed '$d'",
    "late": "ASK; exit 3",
}
_HINTS = ("", "", " -> co.Serial", " -> co.Parallel", " -> co.Node")


def pipeline(job: Job, told: Told) -> str:
    """A file whose function `run` builds the tree, and a function for what each Lazy generates."""
    head = _HEAD.replace("FILE", repr(told.file))
    return "\n".join([head, *_Writer(job, told).functions(), "", "", "co.main(default=run)", ""])


class _Writer:
    def __init__(self, job: Job, told: Told) -> None:
        self.job, self.told = job, told
        self.variables: dict[str, str] = {}
        #: The function that makes a node, by its path; and the lines of each function, by what stands behind `def`.
        self.made_by: dict[str, str] = {"/": "run"}
        self.first: dict[str, list[str]] = {"run": []}
        self.bodies: dict[str, list[str]] = {"run": []}
        self.hints: dict[str, str] = {"run": ""}

    def functions(self) -> list[str]:
        """The lines of all functions, the whole tree's last."""
        for path, node in walk(self.job.tree):
            self._node(path, node)
        found: list[str] = []
        for function, body in reversed(self.bodies.items()):
            lines = [*self.first[function], *body, f"return {body[0].split()[0]}"]
            found += ["", "", f"def {function}(){self.hints[function]}:", *(f"    {line}" for line in lines)]
        return found

    def _node(self, path: str, node: Tree) -> None:
        function = self.made_by[path]
        if not function:  # a Generate, which its Lazy has made
            return
        variable = self.variables.setdefault(path, f"n{len(self.variables)}")
        lines = self.bodies[function]
        is_top = not lines
        words = arguments(node, self.told.pace) + root_image(path, node, self.told)
        if LAZY in flags(node):
            lines.append(f"{variable} = {self._lazy(path, node)}")
            lines += [f"{variable}.{word}" for word in words]
        else:
            if kind(node) == "exec":
                words.insert(0, repr(command(self.job, self.told, path, node)))
            lines.append(f"{variable} = {CLASSES.get(kind(node), 'co.Exec')}({', '.join(words)})")
        if not is_top:
            above = path[: -len(name(node)) - 1] or "/"
            lines.append(f"{self.variables[above]}[{name(node)!r}] = {variable}")
        below = ("", f"make{len(self.bodies) - 1}") if LAZY in flags(node) else (function,) * len(children(node))
        for child, maker in zip(children(node), below, strict=True):
            self.made_by[join(path, name(child))] = maker

    def _lazy(self, path: str, node: Tree) -> str:
        """The call that makes a Lazy; the function that it generates by is begun."""
        first, second = children(node)
        function = f"make{len(self.bodies)}"
        says = command(self.job, self.told, join(path, GENERATE), first)
        words = arguments(first, self.told.pace)
        self.bodies[function], self.first[function], self.hints[function] = [], [], ""
        # What is told of the root before it is known need not be true.
        luck = zlib.crc32(path.encode())
        if BY_COMMAND not in flags(node):
            self.first[function] = [f"_say({says!r})", *_FIRST.get(behaviour(first), [])]
            self.hints[function] = _HINTS[luck % len(_HINTS)]
            params = f"params=co.Params({', '.join(words)})"
            return f"co.Lazy({', '.join([function, params] if words else [function])})"
        if behaviour(first) not in _LINES:
            self.first[function] = _FIRST.get(behaviour(first), [])
        ask = f"conducto {shlex.quote(self.told.file)} {function}"
        line = _LINES.get(behaviour(first), "ASK").replace("ASK", ask)
        node_type = ("co.Serial", "co.Parallel")[luck % 2] if luck % 3 == 0 else CLASSES[kind(second)]
        return f"co.Lazy({', '.join([repr(f'{says} && {{ {line}; }}'), f'node_type={node_type}', *words])})"
