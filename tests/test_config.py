"""`[tool.conducto]`: which pyproject.toml counts, what it may hold, and where a complaint about it points."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conducto import config, release
from conducto.diagnostics import ConductoError
from tests import command

#: A first pipeline, with which nothing is wrong.
A = "[[tool.conducto.pipelines]]\nfile = 'a.py'\n"
ENTRY_KEYS = "the keys are file, function, arguments, targets, output, name, argo, github, make"
KEYS = "the keys are default-image, name, pipelines, requires, shared-data, targets, argo, github, make"


def project(folder: Path, text: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / "pipeline.py"


def test_without_one_everything_is_as_released(tmp_path: Path) -> None:
    found = config.load(str(tmp_path / "pipeline.py"))
    assert (found.file, found.table) == (None, {})
    assert found.default_image("make") == config.DEFAULT_IMAGE == "python:3.13-slim"
    assert found.settings("make") == {}


def test_whether_all_share_data(tmp_path: Path) -> None:
    texts = {"a": "", "b": "shared-data = false", "c": "shared-data = true"}
    found = [config.load(str(project(tmp_path / name, f"[tool.conducto]\n{text}\n"))) for name, text in texts.items()]
    assert [each.shared_data for each in found] == [False, False, True]


def test_the_nearest_one_with_our_table_counts(tmp_path: Path) -> None:
    project(tmp_path, '[tool.conducto]\ndefault-image = "outer"\n')
    project(tmp_path / "a", '[project]\nname = "x"\n[tool.other]\n')
    project(tmp_path / "a" / "b", '[tool.conducto]\ndefault-image = "inner"\n')
    found = {
        folder: config.load(str(tmp_path / folder / "x" / "p.py")).default_image("make") for folder in ("", "a", "a/b")
    }
    assert found == {"": "outer", "a": "outer", "a/b": "inner"}


def test_it_is_looked_for_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = project(tmp_path / "a", '[tool.conducto]\ndefault-image = "a"\n')
    project(tmp_path / "b", '[tool.conducto]\ndefault-image = "b"\n')
    monkeypatch.chdir(tmp_path / "b")
    assert config.load(str(file)).default_image("make") == "a"
    assert config.load("../a/pipeline.py").default_image("make") == "a"


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("[tool.conducto]\n", ("python:3.13-slim",) * 3),
        ('[tool.conducto]\ndefault-image = "i"\n', ("i", "i", "i")),
        ('[tool.conducto]\ndefault-image = ""\n', ("", "", "")),
        ('[tool.conducto]\ndefault-image = "i"\n[tool.conducto.github]\ndefault-image = ""\n', ("i", "", "i")),
        ('[tool.conducto.make]\ndefault-image = "m"\n', ("m", "python:3.13-slim", "python:3.13-slim")),
        ('[tool]\nconducto = { argo = { default-image = "a" } }\n', ("python:3.13-slim", "python:3.13-slim", "a")),
    ],
)
def test_default_images(tmp_path: Path, text: str, images: tuple[str, ...]) -> None:
    found = config.load(str(project(tmp_path, text)))
    assert tuple(found.default_image(target) for target in ("make", "github", "argo")) == images


@pytest.mark.parametrize(
    ("text", "line", "fault", "said"),
    [
        ("[tool.conducto]\ndefault-imag = 'x'\n", 2, "default-imag", "did you mean `default-image`?"),
        ("[tool.conducto]\ncolour = 1\n", 2, "colour", KEYS),
        ("[tool.conducto]\n\ndefault-image = 3\n", 3, "default-image", "correct its value"),
        ("[tool.conducto]\ndefault-image = 'a b'\n", 2, "default-image", "correct its value"),
        ("[tool.conducto]\ndefault-image = '-x'\n", 2, "default-image", "correct its value"),
        ("[tool.conducto.gihub]\n", 1, "gihub", "did you mean `github`?"),
        ("[tool.conducto]\nmake = 1\n", 2, "make", "write `[tool.conducto.make]`"),
        ("[tool.conducto.github]\ndefault-branche = 'x'\n", 2, "default-branche", "did you mean `default-branch`?"),
        ("[tool.conducto.github]\ndefault-branch = []\n", 2, "default-branch", "correct its value"),
        ('[tool.conducto]\n"default-imag" = "x"\n', 2, "default-imag", "did you mean `default-image`?"),
        ("[tool]\nconducto = 3\n", 2, "conducto", "write `[tool.conducto]`"),
        ("[tool]\nconducto.make = { default-image = 3 }\n", 2, "default-image", "correct its value"),
        ("[ tool . 'conducto' ]\n# colour\n  colour = 1\n", 3, "colour", KEYS),
        ("[tool.conducto]\nmake.default-image = 3\n", 2, "default-image", "correct its value"),
        ("[tool.other]\ncolour = 1\n[tool.conducto]\ncolour = 1\n", 4, "colour", KEYS),
        ("[tool.conducto]\ntargets = ['make', 'gihub']\n", 2, "gihub", "did you mean `github`?"),
        ("[tool.conducto]\ntargets = ['x']\n", 2, "x", "the targets here are argo, github, make"),
        ("[tool.conducto]\ntargets = 'make'\n", 2, "targets", "correct its value"),
        ("[tool.conducto]\ntargets = []\n", 2, "targets", "correct its value"),
        ("[tool.conducto]\nname = 'a/b'\n", 2, "name", "correct its value"),
        ("[tool.conducto]\nname = ''\n", 2, "name", "correct its value"),
        ("[tool.conducto]\nshared-data = 'yes'\n", 2, "shared-data", "correct its value"),
        ("[tool.conducto]\nrequires = 1\n", 2, "requires", "correct its value"),
        ("[tool.conducto]\nrequires = '1.x'\n", 2, "requires", 'write one like `"1.4.*"` or `">=1.4, <2"`'),
        ("[tool.conducto]\npipelines = 1\n", 2, "pipelines", "correct its value"),
        ("[tool.conducto]\npipelines = ['a.py']\n", 2, "pipelines", "correct its value"),
        (f"{A}[[tool.conducto.pipelines]]\nfil = 'b.py'\n", 4, "fil", "did you mean `file`?"),
        (f"{A}[[tool.conducto.pipelines]]\ncolour = 1\n", 4, "colour", ENTRY_KEYS),
        (f"{A}[[tool.conducto.pipelines]]\nname = 'b'\n", 3, "pipelines", "name the Python file that defines it"),
        (f"{A}[[tool.conducto.pipelines]]\nfile = 'folder/'\n", 4, "file", "correct its value"),
        (f"{A}arguments = '--n=1'\n", 3, "arguments", "correct its value"),
        (f"{A}arguments = [1]\n", 3, "arguments", "correct its value"),
        (f"{A}function = '_x'\n", 3, "function", "name a public function or a module-level node of its file"),
        (f"{A}function = 'a b'\n", 3, "function", "name a public function or a module-level node of its file"),
        (f"{A}output = 1\n", 3, "output", "correct its value"),
        (f"{A}output = '-'\n", 3, "output", "correct its value"),
        (f"{A}output = 'x.mk'\n", 3, "output", "give a folder (`FOLDER/`), or a table: target = path"),
        (
            f"{A}targets = ['make', 'argo']\noutput = 'x'\n",
            4,
            "output",
            "give a folder (`FOLDER/`), or a table: target = path",
        ),
        (f"{A}targets = ['make']\noutput.mak = 'x'\n", 4, "mak", "did you mean `make`?"),
        (f"{A}targets = ['make']\noutput = {{ argo = 'x' }}\n", 4, "argo", "leave it out, or add the target"),
        (f"{A}make = 1\n", 3, "make", "write `[tool.conducto.pipelines.make]`"),
        (f"{A}default-image = 'x'\n", 3, "default-image", "write it under `[tool.conducto.pipelines.argo]`"),
        (f"{A}default-branch = 'x'\n", 3, "default-branch", "write it under `[tool.conducto.pipelines.github]`"),
        ("[tool.conducto]\ndefault-branch = 'x'\n", 2, "default-branch", "write it under `[tool.conducto.github]`"),
        (
            f"{A}[tool.conducto.pipelines.github]\ndefault-branche = 'x'\n",
            4,
            "default-branche",
            "did you mean `default-branch`?",
        ),
        (
            f"[tool.conducto.github]\ndefault-branch = 'x'\n{A}[tool.conducto.pipelines.github]\ndefault-branch = 1\n",
            6,
            "default-branch",
            "correct its value",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_line(tmp_path: Path, text: str, line: int, fault: str, said: str) -> None:
    with pytest.raises(ConductoError) as found:
        config.load(str(project(tmp_path, text)))
    (diagnostic,) = found.value.diagnostics
    place = diagnostic.location
    assert place is not None
    assert (diagnostic.code, diagnostic.help) == ("C414", said)
    assert (place.line, place.text[place.column : place.end_column]) == (line, fault)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.conducto]\ndefault-image = 'a b'\n", "'a b' is not the name of an image"),
        ("[tool.conducto]\nname = 'a/b'\n", "'a/b' is not a name without a slash"),
        ("[tool.conducto.github]\ndefault-branch = 'a*'\n", "'a*' is not the name of one branch, without blanks and"),
    ],
)
def test_a_text_is_told_what_it_must_be_and_no_pattern(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConductoError) as found:
        config.load(str(project(tmp_path, text)))
    assert f": {said}" in found.value.diagnostics[0].message


# --- pipelines --------------------------------------------------------------------------------------------------------

PIPELINES = """
[tool.conducto]
targets = ["make", "argo"]
default-image = "outer"
[tool.conducto.github]
default-image = "github"
default-branch = "main"

[[tool.conducto.pipelines]]
file = "ci/../a.py"

[[tool.conducto.pipelines]]
file = "b.py"
function = "run"
arguments = ["--n=1", "-x"]
targets = ["github"]
output = "out/w.yml"
name = "the second"
[tool.conducto.pipelines.github]
default-image = ""
[tool.conducto.pipelines.make]
default-image = "inner"
"""


def test_pipelines(tmp_path: Path) -> None:
    found = config.load(str(project(tmp_path, PIPELINES)))
    first, second = found.pipelines
    assert (first.file, first.function, first.arguments, first.name) == (str(tmp_path / "a.py"), None, (), None)
    assert (first.targets, first.outputs, first.folder) == (("make", "argo"), {}, str(tmp_path))
    assert (second.file, second.function, second.arguments) == (str(tmp_path / "b.py"), "run", ("--n=1", "-x"))
    assert (second.targets, second.name) == (("github",), "the second")
    assert second.outputs == {"github": str(tmp_path / "out" / "w.yml")}


def test_what_a_pipeline_sets_for_a_target_comes_first(tmp_path: Path) -> None:
    found = config.load(str(project(tmp_path, PIPELINES)))
    images = {
        number: [found.of(entry).default_image(target) for target in ("make", "github", "argo")]
        for number, entry in enumerate((None, *found.pipelines))
    }
    assert images == {
        0: ["outer", "github", "outer"],
        1: ["outer", "github", "outer"],
        2: ["inner", "", "outer"],
    }
    assert found.of(found.pipelines[1]).settings("github") == {"default-image": "", "default-branch": "main"}


@pytest.mark.parametrize(
    ("output", "paths"),
    [
        ('output = "x/"', {"make": "x/", "argo": "x/"}),
        ('output = { make = "x.mk" }', {"make": "x.mk"}),
        ('output.make = "x.mk"\noutput.argo = "/y/"', {"make": "x.mk", "argo": "/y/"}),
    ],
)
def test_outputs_are_meant_from_the_folder_of_the_project(tmp_path: Path, output: str, paths: dict[str, str]) -> None:
    (entry,) = config.load(str(project(tmp_path, f"{A}targets = ['make', 'argo']\n{output}\n"))).pipelines
    assert entry.outputs == {target: os.path.join(tmp_path, path) for target, path in paths.items()}


def test_which_pipeline_a_command_line_means(tmp_path: Path) -> None:
    text = f"{A}targets = ['make']\n{A}targets = ['argo']\n{A}function = 'other'\ntargets = ['make']\n"
    found = config.load(str(project(tmp_path, text)))
    file = str(tmp_path / "a.py")

    def number(file: str, calls: set[config.Call], *targets: str) -> int | None:
        entry = found.find(file, calls, targets)
        return None if entry is None else entry.number

    usual: set[config.Call] = {(None, ()), ("run", ())}
    assert number(file, usual, "make") == 0
    assert number(file, usual, "argo") == 1
    assert number(file, usual, "github") == 0
    assert number(file, {("other", ())}, "make") == 2
    assert number(file, {("other", ()), (None, ())}, "make") == 0
    assert number(file, {(None, ("--n=1",))}, "make") is None
    assert number(str(tmp_path / "b.py"), usual, "make") is None


# --- requires ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("requirement", ["==0.0.*", "<0.0.1", "!={}", ">{}", "99.*"])
def test_another_release_refuses(tmp_path: Path, requirement: str) -> None:
    wanted = requirement.format(release.version())
    with pytest.raises(ConductoError) as found:
        config.load(str(project(tmp_path, f"[tool.conducto]\nrequires = '{wanted}'\nof-a-later-release = 1\n")))
    (diagnostic,) = found.value.diagnostics
    assert diagnostic.code == "C420"
    assert diagnostic.message == f"this project requires conducto {wanted}, and this is {release.version()}"
    pin = wanted if wanted[0] in "=<>!" else f"=={wanted}"
    assert diagnostic.help == f"install that one: `pip install 'conducto-compiler{pin}'`"
    place = diagnostic.location
    assert place is not None
    assert (place.line, place.text[place.column : place.end_column]) == (2, wanted)


def test_this_release_does_not(tmp_path: Path) -> None:
    wanted = f"=={release.version()}, >0"
    assert config.load(str(project(tmp_path, f"[tool.conducto]\nrequires = '{wanted}'\n"))).table == {
        "requires": wanted
    }


@pytest.mark.parametrize("text", ["[tool.conducto\n", "a = 1\na = 2\n", b"\xff = 1\n"])
def test_what_is_no_toml(tmp_path: Path, text: str | bytes) -> None:
    file = project(tmp_path, text)
    with pytest.raises(ConductoError) as found:
        config.load(str(file))
    assert found.value.diagnostics[0].code == "C414"
    assert "pyproject.toml" in found.value.diagnostics[0].message


def test_printing_a_tree_needs_no_configuration(tmp_path: Path) -> None:
    command.write(tmp_path, pipeline='import conducto as co\nroot = co.Exec("x")\n')
    project(tmp_path, "[tool.conducto\n")
    assert command.conducto(tmp_path, "pipeline.py") == (0, "/   x\n", "")
