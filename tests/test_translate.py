"""Calls become the text that their container runs, by the path of the function's file there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import conducto as co
from conducto import paths
from conducto.call import Call
from conducto.diagnostics import Report
from conducto.ir import translate
from conducto.ir.images import Code, ImageSpec
from conducto.ir.tree import Row, Tree
from conducto.repository import Repository
from tests.callables_helper import helped

DEFAULT = ImageSpec("python:3.13-slim")


def copied(folder: str = "", **more: Any) -> ImageSpec:
    return ImageSpec("i", code=Code("folder", folder), **more)


@pytest.fixture
def home(tmp_path: Path) -> Repository:
    """A repository with `sub/mod.py`, `pipes/pipeline.py` and a file without a suffix."""
    for path in ("sub/mod.py", "pipes/pipeline.py", "with space/my mod.py", "bare", "-dash.py", ".git/HEAD"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    return Repository(os.path.realpath(tmp_path), True)


def translated(
    home: Repository, rows: Sequence[Row], folder: str = "pipes", report: Report | None = None
) -> tuple[Row, ...]:
    root = Row(-1, "", "parallel")
    report = report or Report()
    return translate.translate(Tree([root, *rows]), home, folder, report).rows[1:]


def call(home: Repository, file: str = "sub/mod.py", *words: str, as_text: tuple[str, ...] = ()) -> Call:
    return Call(home.absolute(file), "f", words, as_text)


def one(home: Repository, image: ImageSpec | None, file: str = "sub/mod.py", *words: str) -> str:
    report = Report()
    (row,) = translated(home, [Row(0, "a", "exec", command=call(home, file, *words), image=image)], report=report)
    report.raise_errors()
    assert row.runtime
    return row.script


@pytest.mark.parametrize(
    "image", [ImageSpec("", paths=(("", "/srv"),)), ImageSpec("", code=Code("folder", ""), workdir=False)]
)
def test_without_a_container_a_path_is_of_this_machine(home: Repository, image: ImageSpec) -> None:
    assert one(home, image) == "conducto ../sub/mod.py f"


@pytest.mark.parametrize(
    ("more", "needs"),
    [
        ({}, False),
        ({"code": Code("folder", "")}, False),
        ({"code": Code("folder", ""), "workdir": False}, True),
        ({"paths": (("", "/srv"),)}, True),
    ],
)
def test_what_calls_a_file_by_its_place_in_a_container_needs_one(more: dict[str, Any], needs: bool) -> None:
    row = Row(0, "a", "exec", command="x", image=ImageSpec("i", **more))
    assert row._replace(runtime=True).needs_container is needs
    assert not row.needs_container


@pytest.mark.parametrize(
    ("image", "file", "wanted"),
    [
        (copied(), "sub/mod.py", "conducto sub/mod.py f"),
        (copied("sub"), "sub/mod.py", "conducto mod.py f"),
        (copied(workdir=False), "sub/mod.py", "conducto /mnt/conducto/sub/mod.py f"),
        (copied("sub", workdir=False), "sub/mod.py", "conducto /mnt/conducto/mod.py f"),
        (copied(), "with space/my mod.py", "conducto 'with space/my mod.py' f"),
        (copied(), "bare", "conducto ./bare f"),
        (copied(), "-dash.py", "conducto ./-dash.py f"),
        (ImageSpec("i", code=Code("clone", "", "https://x/y", "main")), "sub/mod.py", "conducto sub/mod.py f"),
        (ImageSpec("i", paths=(("", "/usr/src/app"),)), "sub/mod.py", "conducto /usr/src/app/sub/mod.py f"),
        (ImageSpec("i", paths=(("", "app"),)), "sub/mod.py", "conducto app/sub/mod.py f"),
        (ImageSpec("i", paths=(("", "/a"), ("sub", "/b"))), "sub/mod.py", "conducto /b/mod.py f"),
        (ImageSpec("i", paths=(("sub", "/b"), ("", "/a"))), "sub/mod.py", "conducto /b/mod.py f"),
        (copied(paths=(("", "/a"),)), "sub/mod.py", "conducto /a/sub/mod.py f"),
        (ImageSpec(dockerfile="Dockerfile", paths=(("", "/a"),)), "sub/mod.py", "conducto /a/sub/mod.py f"),
        # without a container: from the folder where commands start
        (None, "sub/mod.py", "conducto ../sub/mod.py f"),
        (None, "pipes/pipeline.py", "conducto pipeline.py f"),
        (ImageSpec("", code=Code("folder", "")), "sub/mod.py", "conducto sub/mod.py f"),
        (ImageSpec("", code=Code("folder", "")), "bare", "conducto ./bare f"),
        (ImageSpec("", code=Code("folder", "")), "-dash.py", "conducto ./-dash.py f"),
        (ImageSpec("", code=Code("folder", "sub")), "pipes/pipeline.py", "conducto ../pipes/pipeline.py f"),
        (ImageSpec("", code=Code("folder", ""), workdir=False), "sub/mod.py", "conducto ../sub/mod.py f"),
    ],
)
def test_the_path_inside(image: ImageSpec | None, file: str, wanted: str, home: Repository) -> None:
    assert one(home, image, file) == wanted


def test_every_word_is_quoted_for_the_shell(home: Repository) -> None:
    words = ("--a=it's a $x", "--b=1", "--c=", "--d=\\,")
    wanted = """conducto sub/mod.py f '--a=it'"'"'s a $x' --b=1 --c= '--d=\\,'"""
    assert one(home, copied(), "sub/mod.py", *words) == wanted


def test_links_are_followed_on_both_sides(home: Repository) -> None:
    (Path(home.root) / "link").symlink_to("sub")
    assert one(home, copied("link")) == "conducto mod.py f"


# --- what is wrong ----------------------------------------------------------------------------------------------------


def test_every_call_that_no_image_holds_is_told(home: Repository) -> None:
    report = Report()
    command = call(home)
    rows = [
        Row(0, "a", "exec", command=command, image=DEFAULT),
        Row(0, "b", "exec", command=command, image=copied("pipes"), chosen=True),
        Row(0, "c", "exec", command=command, image=copied()),
        Row(0, "d", "exec", command=command, image=ImageSpec("alpine"), chosen=True),
        Row(0, "e", "exec", command="true", image=DEFAULT),
    ]
    found = translated(home, rows, report=report)
    assert [type(row.command) for row in found] == [Call, Call, str, Call, str]
    assert [(said.code, said.node, said.message, said.notes, said.help) for said in report.errors] == [
        (
            "C203",
            "/a",
            "`f` runs in a container, but no image says where sub/mod.py lands in it",
            ("the image is the default one, python:3.13-slim",),
            'give a parent an image that carries the code: `co.Serial(image=co.Image(copy_dir="../sub"))`',
        ),
        (
            "C203",
            "/b",
            "`f` runs in image i, which does not say where it has sub/mod.py",
            ("it has pipes (from the repository's root)",),
            'add copy_dir="../sub" to its `co.Image`, or the place where it has the file: `path_map={...}`',
        ),
        (
            "C203",
            "/d",
            "`f` runs in image alpine, which does not say where it has sub/mod.py",
            ("it carries no code of this machine",),
            'add copy_dir="../sub" to its `co.Image`, or the place where it has the file: `path_map={...}`',
        ),
    ]


def test_a_file_that_is_left_out_is_told(home: Repository) -> None:
    report = Report()
    image = ImageSpec("i", code=Code("folder", "", exclude=("sub",)))
    translated(home, [Row(0, "a", "exec", command=call(home), image=image, chosen=True)], report=report)
    assert [(said.code, said.notes) for said in report.errors] == [("C203", ("its `exclude` leaves that file out",))]
    assert one(home, image, "pipes/pipeline.py") == "conducto pipes/pipeline.py f"
    assert one(home, image._replace(paths=(("", "/a"),))) == "conducto /a/sub/mod.py f"


def test_a_command_too_long_is_told(home: Repository) -> None:
    report = Report()
    long = call(home, "sub/mod.py", "--a=" + "'" * 40_000)
    translated(home, [Row(0, "a", "exec", command=long, image=copied())], report=report)
    assert [(said.code, said.node) for said in report.errors] == [("C211", "/a")]


def test_a_number_that_arrives_as_a_text_is_told_once_a_parameter(home: Repository) -> None:
    report = Report()
    command = call(home, "sub/mod.py", "--n=1", as_text=("n",))
    rows = [Row(0, name, "exec", command=command, image=copied()) for name in "abc"]
    translated(home, rows, report=report)
    assert [(said.code, said.severity, said.node, said.message) for said in report.diagnostics] == [
        ("C202", "warning", "/a", "parameter `n` of `f` has no type, so that its value reaches it as a text")
    ]


# --- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "needs"),
    [
        ("conducto test.py --num-tests=5", True),
        ("set -e; conducto test.py", True),
        ("FOO=1 conducto x.py f | cat", True),
        ("python -m conducto x.py", True),
        ("python test.py run", False),
        ("ls /opt/conducto", False),
        ("conducto.sh", False),
        ("my-conducto x", False),
        ("conducto-data-pipeline get x", False),
        ("conductor", False),
    ],
)
def test_a_text_that_calls_us_needs_the_runtime_where_there_is_code(
    command: str, needs: bool, home: Repository
) -> None:
    images = (copied(), ImageSpec("i", paths=(("", "/a"),)), DEFAULT, None)
    rows = [Row(0, str(n), "exec", command=command, image=image) for n, image in enumerate(images)]
    found = translated(home, rows)
    assert [row.runtime for row in found] == [needs, needs, False, False]
    assert all(row.command == command for row in found)


def test_paths_are_found_once_for_many(home: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    inside = paths.inside

    def counted(layout: Any, file: str) -> str | None:
        asked.append(file)
        return inside(layout, file)

    monkeypatch.setattr(paths, "inside", counted)
    image, other = copied(), copied("sub")
    rows = [
        Row(0, str(n), "exec", command=call(home, "sub/mod.py", f"--n={n}"), image=image if n % 2 else other)
        for n in range(100)
    ]
    assert len(translated(home, rows)) == 100
    assert len(asked) == 2


def test_an_execs_own_call_is_what_is_translated() -> None:
    root = Path(__file__).resolve().parent.parent
    node = co.Exec(helped, "z")
    assert isinstance(node._command, Call)
    home = Repository(str(root), True)
    (row,) = translated(home, [Row(0, "a", "exec", command=node._command, image=copied())], folder="tests")
    assert row.script == "conducto tests/callables_helper.py helped --z=z"
