"""`[tool.conducto]`: which pyproject.toml counts, what it may hold, and where a complaint about it points."""

from __future__ import annotations

from pathlib import Path

import pytest

from conducto import config
from conducto.diagnostics import ConductoError
from tests import command

KEYS = "the keys are default-image, argo, github, make"


def project(folder: Path, text: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / "pipeline.py"


def test_without_one_everything_is_as_released(tmp_path: Path) -> None:
    found = config.load(str(tmp_path / "pipeline.py"))
    assert (found.file, found.table) == (None, {})
    assert found.default_image("make") == config.DEFAULT_IMAGE == "python:3.13-slim"
    assert found.settings("make") == {}


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
