"""`co.relpath`: a word that stands for a local path in any command, until the image of the node is known."""

from __future__ import annotations

import json
import os
import shlex
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import conducto as co
from conducto import local_paths, text
from conducto.diagnostics import ConductoTypeError, ConductoValueError, Report
from conducto.ir import resolve, translate
from conducto.repository import Repository
from tests import command
from tests.makefiles import Makefile
from tests.plans import HOME, serial
from tests.plugin_thorough import amount
from tests.repositories import initialised

HERE = Path(__file__).resolve().parent
#: Carries `tests/`, the folder of this file.
CARRIES = co.Image("i", copy_dir=".")


def translated(node: co.Node, home: Repository = HOME, report: Report | None = None) -> list[str]:
    """The commands of a tree as containers run them; raises what is wrong with it."""
    report = Report() if report is None else report
    tree = translate.translate(resolve.resolve(node, "default", home, report), home, "tests", report)
    report.raise_errors()
    return [row.script for row in tree.rows if row.kind == "exec"]


def one(command: Any, *values: Any, image: Any = CARRIES, report: Report | None = None) -> str:
    node = co.Exec(command, *values)
    node.image = image
    (found,) = translated(node, report=report)
    return found


# --- any text around it ---------------------------------------------------------------------------------------------------

AROUND = st.text(
    st.characters(blacklist_characters="\0\ufffe\uffff", blacklist_categories=["Cs"]), max_size=20
) | st.sampled_from(
    [
        "$",
        "$$",
        "$(X)",
        "%",
        "\\",
        "{{x}}",
        "${{ x }}",
        "\n    ",
        "\t",
        "'",
        '"',
        "`",
        "#",
        "<<E\n",
        "__conducto_path:x:endpath__",
    ]
)


@settings(max_examples=amount(75, 300), deadline=None)
@given(AROUND, AROUND, st.sampled_from(["data/a.csv", "mod.py", "Makefile", "a/b/../c", "."]))
def test_every_byte_around_it_is_as_it_was(before: str, after: str, path: str) -> None:
    word = co.relpath(path)
    inside = os.path.normpath(path).replace(".", "/mnt/conducto", 1) if path == "." else os.path.normpath(path)
    whole = text.dedent(f"{before}{word}{after}")
    start = whole.index(word)
    assert one(f"{before}{word}{after}") == whole[:start] + inside + whole[start + len(word) :]


def test_texts_that_were_not_given_out_are_a_users() -> None:
    for written in (f"echo conducto_relpath_{'0' * 20}_", "echo conducto_relpath_", "__conducto_path:{}:endpath__"):
        assert one(written, image=None) == written


@pytest.mark.parametrize(
    ("make", "script"),
    [
        (lambda word: f"cat {word}", "cat sub/mod.py"),
        (lambda word: "cat %s" % word, "cat sub/mod.py"),
        ("cat {}".format, "cat sub/mod.py"),
        (lambda word: shlex.join(["cat", word]), "cat sub/mod.py"),
        (lambda word: " ".join(shlex.split(f"cat '{word}'")), "cat sub/mod.py"),
        (lambda word: f"sh -c {shlex.quote(f'cat {word}')}", "sh -c 'cat sub/mod.py'"),
        (lambda word: f"cat {os.path.join(word, 'x')}", "cat sub/mod.py/x"),
        (lambda word: f"cat {os.path.basename(word)}", "cat sub/mod.py"),
        (lambda word: f"cat {Path(word)}", "cat sub/mod.py"),
        (lambda word: f"cat {Path(word) / 'x'}", "cat sub/mod.py/x"),
        (lambda word: json.dumps({"a": word}), '{"a": "sub/mod.py"}'),
        (lambda word: textwrap.dedent(f"\n    cat\n    {word}\n"), "cat\nsub/mod.py"),
        (lambda word: f"cat {word}{word} {word}", "cat sub/mod.pysub/mod.py sub/mod.py"),
        (lambda word: f"-v {word}:/x", "-v sub/mod.py:/x"),
    ],
)
def test_it_outlives_what_python_does_to_texts(make: Callable[[str], str], script: str) -> None:
    assert one(make(co.relpath("sub/mod.py"))) == script


def test_it_is_quoted_where_it_must_be() -> None:
    word = co.relpath("it's a.csv")
    assert one(f"cat {word} '{word}' \"{word}\"") == "cat 'it'\\''s a.csv' 'it'\\''s a.csv' \"it's a.csv\""
    assert one(f"cat {co.relpath('-x')} {co.relpath('sub/-x')}") == "cat ./-x sub/-x"


def test_where_nobody_can_tell_how_to_quote_it_is_refused() -> None:
    for written in (f"cat `echo {co.relpath('a b')}`", f"cat <<E\n{co.relpath('a b')}\nE"):
        report = Report()
        with pytest.raises(co.ConductoError, match="C212"):
            one(written, report=report)
        (found,) = report.errors
        assert (found.node, found.location is not None, "tests/a b" in found.message) == ("/", True, True)
        assert one(written.replace(co.relpath("a b"), co.relpath("a-b")))
    odd = co.Image("i", copy_dir=".", shell="/usr/bin/python3")
    with pytest.raises(co.ConductoError, match="C212"):
        one(f"print(open('{co.relpath('a b')}'))", image=odd)
    assert one(f"print(open('{co.relpath('a/b')}'))", image=odd) == "print(open('a/b'))"


# --- images ---------------------------------------------------------------------------------------------------------------


def test_a_relative_path_is_relative_to_the_file_that_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert local_paths.files(co.relpath("x")) == [str(HERE / "x")]
    assert local_paths.files(co.relpath(Path("x"))) == [str(HERE / "x")]
    assert local_paths.files(co.relpath(tmp_path / "x")) == [str(tmp_path / "x")]
    assert co.relpath("x") == co.relpath(str(HERE / "sub" / ".." / "x"))


@pytest.mark.parametrize(
    ("image", "path"),
    [
        (CARRIES, "sub/a.csv"),
        (co.Image("i", copy_dir=".."), "tests/sub/a.csv"),
        (co.Image("i", copy_repo=True), "tests/sub/a.csv"),
        (co.Image("i", copy_url="https://example.com/x", copy_branch="main"), "tests/sub/a.csv"),
        (co.Image("i", copy_dir=".", docker_auto_workdir=False), "/mnt/conducto/sub/a.csv"),
        (co.Image("i", path_map={".": "/app"}), "/app/sub/a.csv"),
        (co.Image("i", copy_dir=".", path_map={"..": "/app"}), "sub/a.csv"),
    ],
)
def test_its_path_is_the_one_in_the_image(image: co.Image, path: str) -> None:
    word = co.relpath("sub/a.csv")
    assert one(f"cat {word}", image=image) == f"cat {path}"
    node = co.Exec(f"cat {word}", image=image)
    assert (node.command, node.pretty()) == (f"cat {path}", f"/   cat {path}")


def test_without_a_container_it_is_relative_to_where_commands_start() -> None:
    report = Report()
    node = co.Exec(f"cat {co.relpath('sub/a.csv')} {co.relpath('../b')}")
    tree = translate.translate(resolve.resolve(node, "", HOME, report), HOME, "tests", report)
    assert (tree.rows[0].script, report.errors) == ("cat sub/a.csv ../b", ())


@pytest.mark.parametrize(
    ("image", "note", "help"),
    [
        (None, "the image is the default one, default", "give a parent an image"),
        ("alpine", "it carries no code of this machine", 'add copy_dir="."'),
        (co.Image("i", copy_dir="benchmarks"), "it has tests/benchmarks (from the", 'add copy_dir="."'),
        (co.Image("i", copy_dir=".", exclude=["*.csv"]), "its `exclude` leaves that file out", "take it out"),
    ],
)
def test_an_image_that_has_no_such_file_is_told_of(image: Any, note: str, help: str) -> None:
    report, root = Report(), serial({"a": co.Exec(f"cat {co.relpath('sub/a.csv')}")}, image=image)
    with pytest.raises(co.ConductoError):
        translated(root, report=report)
    (found,) = report.errors
    assert (found.code, found.node, found.notes[0]) == ("C203", "/a", "the command names it by `co.relpath`")
    assert "tests/sub/a.csv" in found.message
    assert found.notes[1].startswith(note)
    assert help in (found.help or "")


def test_a_folder_is_left_out_with_its_files() -> None:
    for pattern, left_out in (("drivers/", True), ("*", True), ("benchmarks", False)):
        image = co.Image("i", copy_dir=".", exclude=[pattern])
        if left_out:
            with pytest.raises(co.ConductoError, match="C203"):
                one(f"ls {co.relpath('drivers')}", image=image)
        else:
            assert one(f"ls {co.relpath('drivers')}", image=image) == "ls drivers"


# --- elsewhere than in a text of a command ----------------------------------------------------------------------------------


def reads(path: str, more: list[str] | None = None) -> None:
    pass


def test_an_argument_of_a_function_may_hold_it() -> None:
    word = co.relpath("sub/a b.csv")
    assert one(reads, f"{word}.gz") == "conducto test_local_paths.py reads '--path=sub/a b.csv.gz'"
    assert (
        one(reads, "x", [word, co.relpath("None")])
        == "conducto test_local_paths.py reads --path=x '--more=sub/a b.csv,./None'"
    )
    with pytest.raises(co.ConductoError, match="C212"):
        one(reads, "x", [co.relpath("a,b")])
    with pytest.raises(co.ConductoError, match="C203"):
        one(reads, co.relpath("/elsewhere"))


@pytest.mark.parametrize(
    "use",
    [
        lambda word: co.Serial(env={"A": f"x{word}"}),
        lambda word: co.Serial(doc=word),
        lambda word: co.Serial(title=word),
        lambda word: co.Serial(tags=[word]),
        lambda word: co.Serial(options={"argo": {"a": [word]}}),
        lambda word: serial({word: co.Exec("x")}),
        lambda word: co.Serial().env.update(A=word),
    ],
)
def test_a_text_that_is_no_command_must_not_hold_it(use: Callable[[str], Any]) -> None:
    with pytest.raises(ConductoValueError, match="C163"):
        use(co.relpath("a.csv"))


@pytest.mark.parametrize(
    ("path", "error"),
    [
        (1, ConductoTypeError),
        (None, ConductoTypeError),
        (b"x", ConductoTypeError),
        ("", ConductoValueError),
        ("a\0", ConductoValueError),
    ],
)
def test_what_is_no_path_is_refused(path: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"C160|C115"):
        co.relpath(path)


def test_an_expanded_command_is_not_too_long_either() -> None:
    image = co.Image("i", path_map={".": "/" + "d" * 1000})
    with pytest.raises(co.ConductoError, match="C211"):
        one("cat " + " ".join([co.relpath("a")] * 500), image=image)


# --- where it is run --------------------------------------------------------------------------------------------------------

PIPELINE = """
import conducto as co


def run() -> co.Serial:
    root = co.Serial(image=co.Image(copy_dir=".", image="python:3.13-slim"))
    root["Read"] = co.Exec(f"cat {co.relpath('data/a b.csv')} '{co.relpath('data/a b.csv')}'; ls {co.relpath('data')}")
    root["Write"] = co.Exec(f"echo new > {co.relpath('data/new')} && cat data/new")
    root["Call"] = co.Exec(read, co.relpath("data/a b.csv"))
    root["Grow"] = co.Lazy(grow, co.relpath("data"))
    return root


def read(path: str) -> None:
    print("read", open(path).read().strip(), path)


def grow(folder: str) -> co.Parallel:
    found = co.Parallel()
    found["again"] = co.Exec(f"echo {folder}; cat '{co.relpath('data/a b.csv')}'")
    return found


if __name__ == "__main__":
    co.main(default=run)
"""


def carrying(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "data/a b.csv").write_text("1,2\n")
    return command.write(initialised(folder), pipeline=PIPELINE)


@pytest.mark.parametrize(
    "engine",
    [
        pytest.param("ENGINE=host", marks=pytest.mark.needs("make", "git")),
        pytest.param("ENGINE=docker", marks=pytest.mark.needs("make", "git", "docker", "image:python:3.13-slim")),
    ],
)
def test_commands_find_their_files_where_they_run(engine: str, tmp_path: Path) -> None:
    folder = carrying(tmp_path / "there")
    if engine == "ENGINE=host":
        (folder / "pipeline.py").write_text(PIPELINE.replace(', image="python:3.13-slim"', ""))
    done = command.conducto(folder, "compile", "-t", "make", "pipeline.py")
    assert done.status == 0, done.err
    assert str(tmp_path) not in (folder / "pipeline.mk").read_text()
    assert "conducto_relpath" not in (folder / "pipeline.mk").read_text()
    made = Makefile(folder / "pipeline.mk")
    ran = made.run(engine)
    assert ran.status == 0, ran.err
    assert made.log("Read") == b"1,2\n1,2\na b.csv\n"
    assert made.log("Write") == b"new\n"
    assert made.log("Call") == b"read 1,2 data/a b.csv\n"
    assert made.log("Grow/Execute/again") == b"./data\n1,2\n"
    generated = made.log("Grow/Generate").decode()
    assert "paths" in generated
    assert str(tmp_path) not in generated


def test_printing_shows_paths_as_they_are_where_they_run(tmp_path: Path) -> None:
    folder = carrying(tmp_path / "there")
    assert command.conducto(folder, "pipeline.py").out == (
        "/\n"
        "├─0 Read   cat 'data/a b.csv' 'data/a b.csv'; ls data\n"
        "├─1 Write   echo new > data/new && cat data/new\n"
        "├─2 Call   conducto pipeline.py read '--path=data/a b.csv'\n"
        "└─3 Grow\n"
        "  ├─0 Generate   conducto pipeline.py grow --folder=./data\n"
        "  └─1 Execute\n"
    )
