"""The files that commands name, and the modules that functions need where they run: what of them would not be there."""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from . import git_index, local_paths
from .diagnostics import Report
from .ir.images import Code
from .ir.plan import Plan
from .ir.tree import Call, Tree
from .repository import Repository
from .targets import Limits


class Named(NamedTuple):
    """The local files that a command names: the one that its function is in ("" for none), and those of `co.relpath`."""

    function: str
    others: Sequence[str]


def named(tree: Tree) -> Mapping[int, Named]:
    """The rows whose command names files, each with these; of a tree before translate."""
    found: dict[int, Named] = {}
    for number, row in enumerate(tree.rows):
        if isinstance(row.command, Call):
            found[number] = Named(row.command.file, row.command.files[1:])
        elif row.command and local_paths.words(row.command):
            found[number] = Named("", local_paths.files(row.command))
    return found


def check(plan: Plan, named: Mapping[int, Named], home: Repository, limits: Limits, report: Report) -> None:
    """Look for the files that commands name, and that functions are in or import, in the code that they have. `named` are the
    rows whose command names files. What is not there yet is no matter: a command may make it.

    Complains (C378) of one that git ignores, as it is not copied; and of one that git does not track, where the code goes into
    the output; warns (C209) of that where the target checks the repository out.
    """
    modules = _Modules(plan, home, limits, report)
    for number in plan.leaves():
        image = plan.rows[number].image
        code = image.code if image is not None else None
        if home.found and number in named and code is not None and code.kind == "folder":
            if named[number].function:
                modules.check(number, named[number].function, code, "the function of this node is in it")
            for file in named[number].others:
                if os.path.isfile(file):
                    modules.check(number, file, code, "the command names it by `co.relpath`")


class _Modules:
    """Finds what the functions of a plan import, so far as that stands in their files and lies in the code that they have."""

    def __init__(self, plan: Plan, home: Repository, limits: Limits, report: Report) -> None:
        self.plan = plan
        self.home = home
        self.limits = limits
        self.report = report
        self.tracked: dict[str, set[str] | None] = {}
        self.done: set[tuple[str, str]] = set()

    def check(self, number: int, file: str, code: Code, why: str) -> None:
        """Of a file, and each module that it needs, as far as these lie in the code's folder; `why` is for people."""
        top = os.path.realpath(os.path.join(self.home.root, code.folder))
        if top not in self.tracked:
            paths = git_index.paths(top)
            self.tracked[top] = None if paths is None else {os.path.join(top, path) for path in paths}
        tracked = self.tracked[top]
        waiting = [(os.path.realpath(file), why)]
        while waiting and tracked is not None:
            module, why = waiting.pop()
            if (top, module) in self.done or not module.startswith(os.path.join(top, "")):
                continue
            self.done.add((top, module))
            if module not in tracked and self._is_told_of(number, module, why):
                continue
            why = f"{self.home.relative(module)} imports it"
            if os.path.splitext(module)[1] in (".py", ""):
                waiting.extend((imported, why) for imported in _imported(module))

    def _is_told_of(self, number: int, module: str, why: str) -> bool:
        """Whether something is wrong with a module that git does not track; what it needs besides is no matter then."""
        name = self.home.relative(module)
        where = {"node": self.plan.path(number), "site": self.plan.rows[number].site}
        if self.limits.carries:
            message = (
                f"{name} is needed where this node runs, and git does not track it, so that it is not carried there"
            )
            self.report.error("C378", message, notes=(why,), help=f"add it: `git add {name}`", **where)
        elif _is_ignored(module):
            message = f"{name} is needed where this node runs, and git ignores it, so that it is not copied there"
            help = f"except it in .gitignore, or add it all the same: `git add --force {name}`"
            self.report.error("C378", message, notes=(why,), help=help, **where)
        elif self.limits.checks_out:
            message = (
                f"{name} is needed where this node runs, and git does not track it yet, so that no checkout has it"
            )
            self.report.warning("C209", message, notes=(why,), help=f"add it: `git add {name}`", **where)
        else:
            return False
        return True


def _is_ignored(path: str) -> bool:
    """Whether git says so; where it cannot say, nobody is held up."""
    words = ["git", "check-ignore", "--quiet", "--", path]
    try:
        done = subprocess.run(
            words, cwd=os.path.dirname(path), stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def _imported(module: str) -> Iterator[str]:
    """The files of this machine that the import statements of a module may mean: of its package, or beside its top package."""
    with open(module, "rb") as source:
        try:
            tree = ast.parse(source.read())
        except (SyntaxError, ValueError):  # it will say so where it is imported
            return
    package = os.path.dirname(module)
    root = package
    while os.path.isfile(os.path.join(root, "__init__.py")):
        root = os.path.dirname(root)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(root, alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            start, parts = root, (node.module or "").split(".") if node.module else []
            if node.level:
                start = os.path.normpath(os.path.join(package, *[os.pardir] * (node.level - 1)))
            for alias in node.names:
                yield from _files(start, [*parts, alias.name])


def _files(folder: str, parts: Sequence[str]) -> Iterator[str]:
    """The files that are run when `parts` are imported from a folder: each package's on the way, and the module's."""
    for part in parts:
        folder = os.path.join(folder, part)
        for path in (os.path.join(folder, "__init__.py"), f"{folder}.py"):
            if os.path.isfile(path):
                yield os.path.realpath(path)
                break
