"""`co.Notebook`: the command that it becomes, that parameters arrive as they were given, and what is refused."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import conducto as co
from conducto.diagnostics import ConductoTypeError, ConductoValueError, Report
from tests import command, plans
from tests.makefiles import Makefile
from tests.plugin_thorough import amount
from tests.repositories import initialised


def cell(source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {"tags": list(tags)} if tags else {}, "source": [source], "outputs": []}


def written(folder: Path, name: str = "fit.ipynb", *cells: dict[str, Any]) -> str:
    """The path of a notebook of these cells."""
    found = cells or (cell("n = 1", "parameters"), cell("print(n)"))
    (folder / name).write_text(json.dumps({"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return str(folder / name)


def in_image(folder: Path, node: co.Node) -> str:
    """The command of a node whose image has the folder."""
    node.image = co.Image("i", path_map={str(folder): "/nb"})
    assert isinstance(node, co.Exec)
    return node.expanded_command()


@pytest.mark.parametrize(
    ("parameters", "tail"),
    [
        ({}, ""),
        ({"n": 5, "x": 1e-300, "on": True, "off": False}, " -p n 5 -p x 1e-300 -p on True -p off False"),
        ({"s": "text", "number": "5", "flag": "True"}, " -r s text -r number 5 -r flag True"),
        ({"s": "it's a $x"}, " -r s 'it'\\''s a $x'"),
        ({"s": ""}, " -r s ''"),
        ({"s": "-p"}, " -r s -p"),
        ({"s": "two\n    lines \\ "}, " -r s 'two\n    lines \\ '"),
        ({"n": -5, "u": None, "i": float("inf")}, " -p n -5 -p u None -p i inf"),
        # What an Exec's attributes are called is a parameter here.
        ({"cpu": 2, "name": "x", "image": "y"}, " -p cpu 2 -r name x -r image y"),
    ],
)
def test_the_command(tmp_path: Path, parameters: dict[str, Any], tail: str) -> None:
    node = co.Notebook(written(tmp_path), **parameters)
    assert in_image(tmp_path, node) == f"papermill --log-output /nb/fit.ipynb /dev/null{tail}"
    assert (node.cpu, isinstance(node, co.Exec)) == (None, True)


def test_the_file_is_one_that_the_image_has(tmp_path: Path) -> None:
    node = co.Notebook(written(tmp_path, "a b.ipynb"))
    with pytest.raises(co.ConductoError, match="C203"):
        node.expanded_command()
    assert in_image(tmp_path, node) == "papermill --log-output '/nb/a b.ipynb' /dev/null"
    same = co.Notebook(co.relpath(written(tmp_path, "a b.ipynb")))
    assert in_image(tmp_path, same) == "papermill --log-output '/nb/a b.ipynb' /dev/null"


@pytest.mark.parametrize(
    ("output", "word"),
    [("-", "-"), ("/out/a b.ipynb", "'/out/a b.ipynb'"), ("-x.ipynb", "./-x.ipynb"), (Path("/x.ipynb"), "/x.ipynb")],
)
def test_its_results_are_kept_where_they_are_wanted(tmp_path: Path, output: Any, word: str) -> None:
    node = co.Notebook(written(tmp_path), output, n=1)
    assert in_image(tmp_path, node) == f"papermill --log-output /nb/fit.ipynb {word} -p n 1"
    node = co.Notebook(written(tmp_path), co.relpath(tmp_path / "fit.ipynb"))
    assert in_image(tmp_path, node) == "papermill --log-output /nb/fit.ipynb /nb/fit.ipynb"


def test_attributes_of_the_node_are_given_apart(tmp_path: Path) -> None:
    path = written(tmp_path)
    with co.Serial() as root:
        co.Notebook(path, n=1, params=co.Params(cpu=2, name="Fit"))
    assert root["Fit"].cpu == 2
    with pytest.raises(ConductoTypeError, match="C110"):
        co.Notebook(path, params=3)  # type: ignore[arg-type]


def test_what_is_between_quotes_is_not_dedented(tmp_path: Path) -> None:
    text = "\n    a\n      b  "
    node = co.Notebook(written(tmp_path), s=text)
    assert shlex.split(in_image(tmp_path, node))[-1] == text


# --- there and back ---------------------------------------------------------------------------------------------------------


def as_papermill_reads(words: list[str]) -> dict[str, Any]:
    """The parameters of a command line, as papermill/cli.py has it: `-r` a text, `-p` what the text looks like."""
    found: dict[str, Any] = {}
    while words:
        option, name, value, *words = words
        found[name] = value if option == "-r" else _resolved(value)
    return found


def _resolved(value: str) -> Any:
    if value in ("True", "False", "None"):
        return {"True": True, "False": False, "None": None}[value]
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


TEXTS = st.text(st.characters(blacklist_characters="\0\ufffe\uffff", blacklist_categories=["Cs"]), max_size=20)
NUMBERS = st.integers() | st.floats(allow_nan=False)
VALUES = st.booleans() | NUMBERS | TEXTS | st.none() | st.sampled_from(["5", "1e3", "None", "nan"])


@settings(max_examples=amount(75, 300), deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z_]{1,8}[0-9]?", fullmatch=True).filter(lambda name: name not in ("params",)), VALUES
    )
)
def test_parameters_arrive_as_they_were_given(notebook: str, parameters: dict[str, Any]) -> None:
    parameters = {f"{name}_": value for name, value in parameters.items()}
    node = co.Notebook(notebook, **parameters)
    words = shlex.split(str(node._command))
    assert words[:2] == ["papermill", "--log-output"]
    back = as_papermill_reads(words[4:])
    assert back == parameters
    assert [type(value) for value in back.values()] == [type(value) for value in parameters.values()]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("notebook"))


# --- what is refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [[1], (1,), {"a": 1}, b"x", object(), 1j, os.stat_result])
def test_a_value_that_papermill_does_not_take_is_refused(notebook: str, value: Any) -> None:
    with pytest.raises(ConductoTypeError, match="C165"):
        co.Notebook(notebook, x=value)


def test_a_number_of_more_digits_than_python_reads_is_refused(notebook: str) -> None:
    with pytest.raises(ConductoTypeError, match="C165"):
        co.Notebook(notebook, x=10**5000)


@pytest.mark.parametrize("name", ["a-b", "a b", "1", "", "class", "--x"])
def test_a_name_that_is_none_of_a_variable_is_refused(notebook: str, name: str) -> None:
    with pytest.raises(ConductoValueError, match="C165"):
        co.Notebook(notebook, **{name: 1})  # type: ignore[arg-type]


def test_a_text_that_cannot_be_carried_is_refused(notebook: str) -> None:
    for text in ("a\0", "x" * 100_001):
        with pytest.raises(ConductoValueError, match="C115"):
            co.Notebook(notebook, x=text)
    with pytest.raises(ConductoTypeError, match="C165"):
        co.Notebook(notebook, "-", "more")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.py", "x", "is no notebook by its name"),
        ("a.ipynb", None, "cannot be read"),
        ("a.ipynb", "x", "is no notebook of format 4"),
        ("a.ipynb", "[]", "is no notebook of format 4"),
        ("a.ipynb", '{"worksheets": []}', "is no notebook of format 4"),
        ("{a}.ipynb", '{"cells": []}', "has a brace in its path"),
    ],
)
def test_what_is_no_notebook_is_refused(tmp_path: Path, name: str, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(ConductoValueError, match=f"{said}.*C164"):
        co.Notebook(tmp_path / name)
    with pytest.raises(ConductoTypeError, match="C160"):
        co.Notebook(3)


def test_a_cell_that_papermill_would_not_override_is_told_of(tmp_path: Path) -> None:
    path = written(tmp_path, "a.ipynb", cell("# Parameters\nn = 1"))
    co.Notebook(path)
    with pytest.raises(ConductoValueError, match=r"is not tagged so.*C164"):
        co.Notebook(path, n=2)
    co.Notebook(written(tmp_path, "b.ipynb", cell("# Parameters\nn = 1", "parameters")), n=2)


def test_in_a_node_it_need_not_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDUCTO_NODE", "/a")
    co.Notebook(tmp_path / "gone.ipynb")


# --- where it is run ------------------------------------------------------------------------------------------------------------

PIPELINE = """
import conducto as co


def run() -> co.Serial:
    root = co.Serial(image=co.Image(dockerfile="Dockerfile", copy_dir="."))
    root["Fit"] = co.Notebook("nb/fit it.ipynb", n=-5, x=1.5, on=True, s="it's\\n  $HOME `x` ${{ y }} $(Z) \\\\\\n ")
    return root


if __name__ == "__main__":
    co.main(default=run)
"""
ARGUMENTS = ["--log-output", "nb/fit it.ipynb", "/dev/null", "-p", "n", "-5", "-p", "x", "1.5", "-p", "on", "True"]
ARGUMENTS += ["-r", "s", "it's\n  $HOME `x` ${{ y }} $(Z) \\\n "]
#: Stands for papermill on an image's PATH: tells its arguments, byte for byte.
STAND_IN = "#!/bin/sh\nprintf '%s\\0' \"$@\" | od -An -v -tx1\n"


@pytest.mark.needs("make", "git", "docker", "image:local/busybox:1")
def test_papermill_is_given_it_byte_for_byte(tmp_path: Path) -> None:
    folder = tmp_path / "there"
    (folder / "nb").mkdir(parents=True)
    command.write(initialised(folder), pipeline=PIPELINE)
    written(folder / "nb", "fit it.ipynb")
    (folder / "papermill").write_text(STAND_IN)
    (folder / "Dockerfile").write_text(
        "FROM local/busybox:1\nCOPY papermill /bin/papermill\nRUN chmod +x /bin/papermill\n"
    )
    done = command.conducto(folder, "compile", "-t", "make", "pipeline.py")
    assert done.status == 0, done.err
    made = Makefile(folder / "pipeline.mk")
    ran = made.run("ENGINE=docker")
    assert ran.status == 0, ran.err
    told = bytes.fromhex(made.log("Fit").decode())
    assert told.decode().split("\0") == [*ARGUMENTS, ""]


def test_the_report_names_it_where_no_image_has_it(tmp_path: Path) -> None:
    report = Report()
    with pytest.raises(co.ConductoError, match="C203"):
        plans.tree(co.Notebook(written(tmp_path)), report=report)
