"""An image as its author gave it -> data without a word of this machine."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import conducto as co
from conducto import repository
from conducto.ir import resolve_image
from conducto.ir.images import Code, ImageSpec

CLONE = 'copy_url="https://example.com/x.git", copy_branch="main"'

#: What stands in `app/pipeline.py` of a repository -> the data.
SPECS = [
    ('"python:3.13"', ImageSpec("python:3.13")),
    ('co.Image("gcc:14", name="c")', ImageSpec("gcc:14")),
    ("co.Image()", ImageSpec("default")),
    ('co.Image(copy_dir=".")', ImageSpec("default", code=Code("folder", "app"))),
    ('co.Image(copy_dir="..", docker_auto_workdir=False)', ImageSpec("default", code=Code("folder"), workdir=False)),
    ("co.Image(copy_repo=True)", ImageSpec("default", code=Code("folder"))),
    (
        'co.Image(copy_dir="../src", exclude=["*.o", "!a.o"])',
        ImageSpec("default", code=Code("folder", "src", exclude=("*.o", "!a.o"))),
    ),
    (f"co.Image({CLONE})", ImageSpec("default", code=Code("clone", url="https://example.com/x.git", branch="main"))),
    ('co.Image(dockerfile="Dockerfile")', ImageSpec(dockerfile="app/Dockerfile", context="app")),
    (
        'co.Image(dockerfile="Dockerfile", copy_repo=True)',
        ImageSpec(dockerfile="app/Dockerfile", context="", code=Code("folder")),
    ),
    (
        'co.Image(dockerfile_text="FROM x\\n", docker_build_args={"B": "2", "A": "1"})',
        ImageSpec(dockerfile_text="FROM x\n", build_args=(("A", "1"), ("B", "2"))),
    ),
    (
        'co.Image(reqs_py=["b", "a", " Conducto ", "conducto==0.1"], reqs_npm=["n"], reqs_packages=["p"], reqs_docker=True)',
        ImageSpec("default", pip=("b", "a", "conducto==0.1"), npm=("n",), packages=("p",), docker=True),
    ),
    ('co.Image(shell="zsh", platform="linux/arm64")', ImageSpec("default", shell="zsh", platform="linux/arm64")),
    (
        'co.Image(path_map={"../src": "/s", ".": "a", "..": "/"})',
        ImageSpec("default", paths=(("", "/"), ("app", "a"), ("src", "/s"))),
    ),
]


@pytest.fixture(autouse=True)
def outside_of_any_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONDUCTO_NODE", raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("app/Dockerfile", "src/a.c", ".git/HEAD"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


def given(root: Path, expression: str) -> Any:
    """What stands in a line of its own, behind two others."""
    code = compile("\n\n" + f"found = {expression}", str(root / "app" / "pipeline.py"), "exec")
    names: dict[str, Any] = {"co": co}
    exec(code, names)
    return names["found"]


def made(root: Path, expression: str, default: str = "default") -> ImageSpec:
    return resolve_image.spec(given(root, expression), repository.of(str(root / "app" / "pipeline.py")), default)


@pytest.mark.parametrize(("expression", "spec"), SPECS)
def test_the_data(root: Path, expression: str, spec: ImageSpec) -> None:
    found = made(root, expression)
    assert found == spec
    assert found.key == spec.key
    assert str(root) not in json.dumps(found)


def test_each_image_has_a_key_of_its_own() -> None:
    assert len({spec.key for _, spec in SPECS}) == len({spec for _, spec in SPECS})


def test_two_checkouts_make_the_same(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "deep" / "down"
    shutil.copytree(root, other)
    for expression, _ in SPECS:
        assert made(root, expression) == made(other, expression)


def test_without_a_container_the_code_alone_remains(root: Path) -> None:
    assert made(root, 'co.Image(copy_dir=".")', "") == ImageSpec("", code=Code("folder", "app"))
    assert made(root, 'co.Image("gcc:14", install_pip=["a"])', "").base == "gcc:14"
    assert made(root, 'co.Image(install_pip=["conducto"])', "") == ImageSpec("")
    assert made(root, 'co.Image(dockerfile="Dockerfile", install_pip=["a"])', "").installs


def refused(root: Path, expression: str, default: str = "default") -> tuple[str, str]:
    """The code of the error, and what stands at its place."""
    image = given(root, expression)
    (root / "app" / "pipeline.py").write_text(f"\n\nfound = {expression}\n")
    with pytest.raises(co.ConductoError) as found:
        resolve_image.spec(image, repository.of(str(root / "app" / "pipeline.py")), default)
    (diagnostic,) = found.value.diagnostics
    assert diagnostic.help
    assert diagnostic.node is None
    place = diagnostic.location
    assert place is not None
    assert place.file is not None
    assert place.file.endswith("pipeline.py")
    assert place.line == 3
    return diagnostic.code, place.text[place.column : place.end_column]


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ('co.Image(copy_dir="../..")', '"../.."'),
        ('co.Image(dockerfile="Dockerfile", context="/usr")', '"/usr"'),
        ('co.Image(dockerfile="/etc/passwd", context=".")', '"/etc/passwd"'),
        ('co.Image(path_map={"/usr": "/u"})', '{"/usr": "/u"}'),
    ],
)
def test_what_lies_outside_is_refused(root: Path, expression: str, fault: str) -> None:
    assert refused(root, expression) == ("C204", fault)


def test_a_link_out_of_the_repository_is_refused(root: Path) -> None:
    (root / "app" / "link").symlink_to("/usr")
    assert refused(root, 'co.Image(copy_dir="link")') == ("C204", '"link"')


def test_a_name_that_begins_with_dots_is_inside(root: Path) -> None:
    (root / "..data").mkdir()
    assert made(root, 'co.Image(copy_dir="../..data")').code == Code("folder", "..data")


def test_without_a_repository_the_folder_of_the_source_is_the_root(root: Path) -> None:
    shutil.rmtree(root / ".git")
    assert made(root, 'co.Image(copy_dir=".", dockerfile="Dockerfile")') == ImageSpec(
        dockerfile="Dockerfile", context="", code=Code("folder")
    )
    assert refused(root, 'co.Image(copy_dir="../src")') == ("C204", '"../src"')


def test_what_is_gone_since_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDUCTO_NODE", "/a")
    for expression in ('co.Image(dockerfile="gone")', 'co.Image(copy_dir="gone")', 'co.Image(path_map={"gone": "/g"})'):
        code, fault = refused(root, expression)
        assert code == "C205"
        assert "gone" in fault


def test_nothing_is_installed_where_there_is_no_container(root: Path) -> None:
    assert refused(root, 'co.Image(install_pip=["a"])', "") == ("C206", 'co.Image(install_pip=["a"])')
    assert refused(root, 'co.Image(copy_dir=".", install_docker=True)', "")[0] == "C206"


def test_the_rules_of_what_is_left_out() -> None:
    code = Code("folder", exclude=("*.o", "/docs/*.md", "!docs/a.md", "build/"))
    assert code.rules == ("**/*.o", "/docs/*.md", "!/docs/a.md", "**/build/")
