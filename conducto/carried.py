"""The files of copied code that a target writes into its own file: those that git tracks, and nothing else leaves the machine."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping, Sequence

from . import code as copied
from .diagnostics import ConductoError, Report
from .ir.images import Code
from .ir.plan import File, Plan
from .ir.tree import Call, Tree
from .repository import Repository
from .source import shown_path


def calls(tree: Tree) -> Mapping[int, str]:
    """The rows whose command is a function, each with the function's file; of a tree before translate."""
    return {number: row.command.file for number, row in enumerate(tree.rows) if isinstance(row.command, Call)}


def files(plan: Plan, called: Mapping[int, str], home: Repository, report: Report) -> Mapping[Code, Sequence[File]]:
    """The files of each code of kind "folder" in a plan. `called` are the rows whose command was a function, and its file.

    Complains of code of which git does not tell (C207, C208), of a file that cannot be read (C379), and of a module that a
    function needs and git does not track (C378).
    """
    found: dict[Code, Sequence[File]] = {}
    told: set[Code] = set()
    modules = _Modules(plan, home, report)
    for number in plan.leaves():
        image = plan.rows[number].image
        code = image.code if image is not None else None
        if code is None or code.kind != "folder" or code in told:
            continue
        if code not in found:
            read = _read(plan, number, code, home, report)
            if read is None:
                told.add(code)
                continue
            found[code] = read
        if number in called:
            modules.check(number, called[number], code)
    return found


def _read(plan: Plan, number: int, code: Code, home: Repository, report: Report) -> Sequence[File] | None:
    try:
        paths = copied.files(home.root, code.folder, code.exclude, tracked_only=True)
        return [_file(os.path.join(home.root, code.folder), path) for path in paths]
    except ConductoError as error:
        report.diagnostics.extend(error.at(plan.path(number)).diagnostics)
    except OSError as error:
        message = f"cannot read {shown_path(str(error.filename))}, of this node's code: {error.strerror}"
        report.error("C379", message, node=plan.path(number), site=plan.rows[number].site, help="make it readable")
    return None


def _file(folder: str, path: str) -> File:
    full = os.path.join(folder, path)
    if os.path.islink(full):
        return File(path, "link", os.fsencode(os.readlink(full)))
    with open(full, "rb") as source:
        program = os.stat(source.fileno()).st_mode & 0o100
        return File(path, "program" if program else "file", source.read())


class _Modules:
    """Finds what the functions of a plan import, so far as that stands in their files and lies in the code that they have."""

    def __init__(self, plan: Plan, home: Repository, report: Report) -> None:
        self.plan = plan
        self.home = home
        self.report = report
        self.tracked: dict[str, set[str]] = {}
        self.done: set[tuple[str, str]] = set()

    def check(self, number: int, file: str, code: Code) -> None:
        """Complain (C378) of each module that the functions of `file` need, that lies in the code's folder and is not carried."""
        top = os.path.realpath(os.path.join(self.home.root, code.folder))
        if top not in self.tracked:
            paths = copied.files(self.home.root, code.folder, tracked_only=True)
            self.tracked[top] = {os.path.join(top, path) for path in paths}
        waiting = [(os.path.realpath(file), "the function of this node is in it")]
        while waiting:
            module, why = waiting.pop()
            if (top, module) in self.done or not module.startswith(os.path.join(top, "")):
                continue
            self.done.add((top, module))
            if module in self.tracked[top]:
                why = f"{self.home.relative(module)} imports it"
                waiting.extend((imported, why) for imported in _imported(module))
            else:
                self._complain(number, module, why)

    def _complain(self, number: int, module: str, why: str) -> None:
        name = self.home.relative(module)
        message = f"{name} is needed where this node runs, and git does not track it, so that it is not carried there"
        where = {"node": self.plan.path(number), "site": self.plan.rows[number].site}
        self.report.error("C378", message, notes=(why,), help=f"add it: `git add {name}`", **where)


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
