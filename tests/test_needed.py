"""What is said where a function needs a module that will not be there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from conducto import needed, repository
from conducto.diagnostics import Report
from conducto.ir.images import Code
from conducto.needed import Named
from conducto.targets import Limits
from tests.argo_rows import IMAGE, group, leaf, plan_of
from tests.command import partly_tracked as tree
from tests.repositories import git, initialised

CARRIES, CHECKS_OUT, COPIES = Limits(carries=True), Limits(checks_out=True), Limits()


def real(folder: Path, files: Mapping[str, str], *untracked: str) -> Path:
    """A repository of git's own with these files, all but some of them added, ignored or not."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(initialised(folder), "add", "--force", *(name for name in files if name not in untracked))
    return folder


def told(
    folder: Path,
    *codes: Code,
    called: Mapping[int, str],
    limits: Limits = CARRIES,
    others: Mapping[int, Sequence[str]] = {},
) -> Report:
    """What is said of codes, each of one Exec of a Parallel; `called`: by row, the file of the function that it calls, `others`
    the files that it names by `co.relpath`.
    """
    rows = [group(-1, ""), *(leaf(0, str(at), image=IMAGE._replace(code=code)) for at, code in enumerate(codes))]
    report = Report()
    named = {
        number: Named(
            str(folder / called[number]) if number in called else "", [str(folder / n) for n in others.get(number, ())]
        )
        for number in {*called, *others}
    }
    needed.check(plan_of(rows), named, repository.of(str(folder / "p.py")), limits, report)
    return report


MODULES = {
    "p.py": "import os, pk.one\nfrom pk import two as t\n\ndef f():\n    from helper import x\n",
    "helper.py": "from pk.sub.deep import *\nimport missing.too\n",
    "pk/__init__.py": "",
    "pk/one.py": "from . import three\nfrom .. import none\n",
    "pk/two.py": "from .sub import four, name\n",
    "pk/three.py": "syntax error here",
    "pk/sub/__init__.py": "",
    "pk/sub/deep.py": "",
    "pk/sub/four.py": "import p\n",
    "alone.py": "import never_tracked\n",
    "never_tracked.py": "",
}
NEEDED = (
    "p.py",
    "helper.py",
    "pk/__init__.py",
    "pk/one.py",
    "pk/two.py",
    "pk/three.py",
    "pk/sub/__init__.py",
    "pk/sub/deep.py",
)


@pytest.mark.parametrize("name", ["", *NEEDED, "pk/sub/four.py"])
def test_a_module_that_a_function_needs_is_tracked(tmp_path: Path, name: str) -> None:
    lost = [name] if name else []
    folder = tree(tmp_path / "r", MODULES, "never_tracked.py", *lost)
    report = told(folder, Code("folder"), Code("folder", exclude=("x",)), called={1: "p.py"})
    assert [(error.code, error.node, error.message.split()[0]) for error in report.errors] == [
        ("C378", "/0", one) for one in lost
    ]


def test_modules_elsewhere_are_not_looked_at(tmp_path: Path) -> None:
    folder = tree(tmp_path / "r", {"d/p.py": "import q\n", "q.py": "", "d/q/x": ""}, "q.py")
    report = told(folder, Code("folder", "d"), called={1: "d/p.py"})
    assert report.errors == ()


def test_where_nothing_is_tracked_the_functions_own_file_is_missed(tmp_path: Path) -> None:
    folder = tree(tmp_path / "r", MODULES, *MODULES)
    (error,) = told(folder, Code("folder"), called={1: "p.py"}).errors
    assert (error.code, error.notes) == ("C378", ("the function of this node is in it",))


@pytest.mark.needs("git")
@pytest.mark.parametrize("name", ["p.py", "helper.py", "pk/sub/deep.py"])
def test_one_that_git_ignores_is_not_copied(tmp_path: Path, name: str) -> None:
    folder = real(tmp_path / "r", {**MODULES, ".gitignore": f"{name}\n"}, name)
    for limits in (COPIES, CHECKS_OUT):
        (error,) = told(folder, Code("folder"), called={1: "p.py"}, limits=limits).diagnostics
        assert (error.code, error.severity, error.node) == ("C378", "error", "/0")
        assert error.message.startswith(f"{name} is needed where this node runs, and git ignores it")


@pytest.mark.needs("git")
def test_what_is_ignored_and_tracked_all_the_same_is_copied(tmp_path: Path) -> None:
    folder = real(tmp_path / "r", MODULES)
    (folder / ".gitignore").write_text("*.py\n")
    for limits in (COPIES, CHECKS_OUT, CARRIES):
        assert told(folder, Code("folder"), called={1: "p.py"}, limits=limits).diagnostics == []


@pytest.mark.needs("git")
def test_of_one_that_is_not_tracked_yet_a_target_with_a_checkout_warns(tmp_path: Path) -> None:
    folder = real(tmp_path / "r", {**MODULES, ".gitignore": "pk/three.py\n"}, "pk/one.py", "pk/three.py")
    (warning,) = told(folder, Code("folder"), called={1: "p.py"}, limits=CHECKS_OUT).diagnostics
    assert (warning.code, warning.severity, warning.node) == ("C209", "warning", "/0")
    (error,) = told(folder, Code("folder"), called={1: "p.py"}, limits=COPIES).diagnostics
    assert error.message.startswith("pk/three.py is needed")


@pytest.mark.needs("git")
def test_without_git_nobody_is_held_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = real(tmp_path / "r", {**MODULES, ".gitignore": "helper.py\n"}, "helper.py")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert told(folder, Code("folder"), called={1: "p.py"}, limits=COPIES).diagnostics == []


@pytest.mark.needs("git")
def test_a_file_that_a_command_names_is_one_that_is_needed(tmp_path: Path) -> None:
    files = {**MODULES, "data.csv": "1", "blob": "\0", ".gitignore": "secret.csv\n", "secret.csv": "2"}
    folder = real(tmp_path / "r", files, "secret.csv", "helper.py")
    others = {1: ["data.csv", "blob", "pk", "not/there/yet", "secret.csv"]}
    (error,) = told(folder, Code("folder"), called={}, others=others, limits=COPIES).diagnostics
    assert (error.code, error.node) == ("C378", "/0")
    assert (
        error.message == "secret.csv is needed where this node runs, and git ignores it, so that it is not copied there"
    )
    assert error.notes == ("the command names it by `co.relpath`",)
    found = told(folder, Code("folder"), called={}, others={1: ["p.py", "data.csv"]}).diagnostics
    assert [each.message.split()[0] for each in found] == ["helper.py"]
