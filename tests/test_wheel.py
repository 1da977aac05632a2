"""The distribution as it is published: its contents, and what it does where nothing else is installed."""

from __future__ import annotations

import configparser
import email
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests import built

#: Where the packages lie in the source tree, and in the wheel.
PACKAGES = {"conducto/": "conducto/", "backends/": "conducto/backends/", "templates/": "conducto/templates/"}

PIPELINE = """
import conducto as co

def run():
    pipeline = co.Serial()
    pipeline["Build"] = co.Exec("echo build")
    pipeline["Test"] = co.Parallel(image="alpine", env={"A": "b"}, cpu=1)
    pipeline["Test/app"] = co.Exec("echo test")
    return pipeline
"""
TREE = """\
/
├─0 Build   echo build
└─1 Test
  └─ app   echo test
"""


def _project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((built.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def _expected() -> dict[str, str]:
    """Path in the wheel -> path in the source tree, of every file of every package."""
    return {
        inside + path[len(outside) :]: path
        for path in built.tracked()
        for outside, inside in PACKAGES.items()
        if path.startswith(outside)
    }


def _metadata(name: str) -> str:
    with zipfile.ZipFile(built.wheel()) as archive:
        path = next(path for path in archive.namelist() if path.endswith(f".dist-info/{name}"))
        return archive.read(path).decode()


def _pipeline(folder: Path) -> Path:
    (built.repository(folder) / "pipeline.py").write_text(PIPELINE, encoding="utf-8")
    return folder


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else() -> None:
    home = f"conducto_compiler-{_project()['version']}.dist-info"
    about = {f"{home}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt")}
    with zipfile.ZipFile(built.wheel()) as archive:
        assert sorted(archive.namelist()) == sorted({*_expected(), *about, f"{home}/licenses/LICENSE"})
        for inside, outside in _expected().items():
            assert archive.read(inside) == (built.ROOT / outside).read_bytes(), inside
    kinds = {Path(path).suffix for path in _expected()}
    assert kinds - {".sh"} == {".py", ".j2", ".json", ".typed"}


def test_the_sdist_holds_what_a_wheel_is_made_of() -> None:
    with tarfile.open(built.artifacts()[0]) as archive:
        found = {name.partition("/")[2] for name in archive.getnames()}
    assert {*_expected().values(), "LICENSE", "README.md", "pyproject.toml"} <= found


def test_the_metadata_say_what_pyproject_says() -> None:
    project, found = _project(), email.message_from_string(_metadata("METADATA"))
    assert (found["Name"], found["Version"]) == (project["name"], project["version"])
    assert found["Requires-Python"] == project["requires-python"]
    needed = [line for line in found.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(needed) == sorted(project["dependencies"])
    points = configparser.ConfigParser()
    points.read_string(_metadata("entry_points.txt"))
    assert {name: dict(section) for name, section in points.items() if section} == {
        "console_scripts": project["scripts"],
        **project["entry-points"],
    }


@pytest.mark.needs("package-index")
@pytest.mark.parametrize("command", [["conducto"], ["python", "-m", "conducto"]], ids=["script", "module"])
def test_it_compiles_for_every_target_in_a_bare_environment(tmp_path: Path, command: list[str]) -> None:
    where = _pipeline(tmp_path / "repository")
    words = [built.environment().parent / command[0], *command[1:]]
    many = [word for name in built.OURS for word in ("--target", name)]
    built.call([*words, "compile", *many, "pipeline.py"], cwd=where)
    made = ["pipeline.mk", ".github/workflows/pipeline.yml", "pipeline.argo.yaml"]
    assert [path for path in made if not (where / path).read_text(encoding="utf-8").startswith("# Made by ")] == []
    built.call([*words, "compile", *many, "pipeline.py", "--check"], cwd=where)
    assert built.call([*words, "pipeline.py"], cwd=where).stdout == TREE
    version = _project()["version"]
    assert version in built.call([*words, "--version"], cwd=where).stdout


@pytest.mark.needs("package-index")
def test_nothing_is_installed_but_what_the_wheel_asks_for() -> None:
    words = ["-m", "pip", "--python", built.environment(), "list", "--format=freeze"]
    found = built.call([sys.executable, *words], cwd=built.room()).stdout
    names = {line.partition("==")[0].lower() for line in found.split()}
    assert {built.DISTRIBUTION, "click", "jinja2", "jsonschema", "networkx"} <= names
    assert not names & {"pyyaml", "pytest", "setuptools", "hypothesis", "ruamel.yaml"}


@pytest.mark.needs("package-index")
def test_it_is_imported_from_the_environment() -> None:
    say = "import conducto, conducto.backends, conducto.templates as t; print(conducto.__file__, t.__file__)"
    found = built.call([built.environment(), "-c", say], cwd=built.room()).stdout.split()
    assert all(path.startswith(str(built.environment().parent.parent)) for path in found)


@pytest.mark.needs("package-index")
@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('node: co.Serial = co.Serial(image="alpine", cpu=2)', ""),
        ("node: co.Serial = co.Exec('true')", "Incompatible types in assignment"),
        ("node: int = co.Exec('true').command", "Incompatible types in assignment"),
    ],
)
def test_type_checkers_see_its_types(tmp_path: Path, line: str, complaint: str) -> None:
    (tmp_path / "user.py").write_text(f"import conducto as co\n{line}\n", encoding="utf-8")
    words = ["-m", "mypy", "--strict", "--no-incremental", "--python-executable", built.environment(), "user.py"]
    done = built.call([sys.executable, *words], cwd=tmp_path, status=1 if complaint else 0)
    assert complaint in done.stdout
