"""Where a local file stands in a container: every row of what people were used to, and what was wrong there put right."""

from __future__ import annotations

from pathlib import Path

import pytest

import conducto as co
from conducto import paths, repository
from conducto.ir import resolve_image

#: The calling file lies in `call/`, in a repository at `.`: image -> the path of `call/sub/mod.py`, or None.
ROWS = [
    ('co.Image(copy_dir=".")', "sub/mod.py"),
    ('co.Image(copy_dir="sub")', "mod.py"),
    ('co.Image(copy_dir="other")', None),
    ('co.Image(copy_dir="..")', "call/sub/mod.py"),
    ('co.Image(copy_dir=".", docker_auto_workdir=False)', "/mnt/conducto/sub/mod.py"),
    ('co.Image(path_map={".": "/usr/src/app"})', "/usr/src/app/sub/mod.py"),
    ('co.Image(path_map={".": "/usr/src/app/"})', "/usr/src/app/sub/mod.py"),
    ('co.Image(path_map={".": "app"})', "app/sub/mod.py"),
    ('co.Image(path_map={"sub": "."})', "mod.py"),
    ('co.Image(path_map={"sub/mod.py": "/bin/it.py"})', "/bin/it.py"),
    ('co.Image(path_map={"sub/mod.py": "it"})', "./it"),
    # Of overlapping ones the first won: now the longest does, in whatever order they stand.
    ('co.Image(path_map={".": "/a", "sub": "/b"})', "/b/mod.py"),
    ('co.Image(path_map={"sub": "/b", ".": "/a"})', "/b/mod.py"),
    ('co.Image(path_map={".": "/a", "other": "/b"})', "/a/sub/mod.py"),
    ('co.Image(path_map={".": "/a"}, copy_dir=".")', "/a/sub/mod.py"),
    ('co.Image(path_map={"..": "/a"}, copy_dir=".")', "sub/mod.py"),
    ('co.Image(path_map={"sub": "/mnt/conducto/x"}, copy_dir=".")', "x/mod.py"),
    ('co.Image(path_map={"sub": "/mnt/conducto/x"})', "/mnt/conducto/x/mod.py"),
    ('co.Image(path_map={".": "/a"}, docker_auto_workdir=False, copy_dir="other")', "/a/sub/mod.py"),
    ('co.Image(dockerfile="Dockerfile")', None),
    ('co.Image(dockerfile="Dockerfile", context="..")', None),
    ('co.Image(dockerfile="Dockerfile", path_map={".": "/a"})', "/a/sub/mod.py"),
    ('co.Image(dockerfile="Dockerfile", copy_dir=".")', "sub/mod.py"),
    ('co.Image(copy_url="https://example.com/x", copy_branch="main")', "call/sub/mod.py"),
    ('co.Image(copy_url="https://example.com/x", copy_branch="main", path_map={"sub": "/b"})', "/b/mod.py"),
    (
        'co.Image(copy_url="https://example.com/x", copy_branch="main", docker_auto_workdir=False)',
        "/mnt/conducto/call/sub/mod.py",
    ),
    ("co.Image(copy_repo=True)", "call/sub/mod.py"),
    ("co.Image()", None),
    ('co.Image("python:3.13-slim")', None),
]


@pytest.fixture(autouse=True)
def outside_of_any_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONDUCTO_NODE", raising=False)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository, with another current folder."""
    for name in ("call/sub/mod.py", "call/other/a.py", "call/Dockerfile", ".git/HEAD"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.chdir("/")
    return tmp_path


def made(root: Path, expression: str) -> co.Image:
    found = eval(compile(expression, str(root / "call" / "pipeline.py"), "eval"), {"co": co})
    assert isinstance(found, co.Image)
    return found


@pytest.mark.parametrize(("expression", "path"), ROWS)
def test_the_path_inside(root: Path, expression: str, path: str | None) -> None:
    image = made(root, expression)
    file = str(root / "call" / "sub" / "mod.py")
    assert paths.inside(image, file) == path
    assert paths.inside(image.layout, file) == path


@pytest.mark.parametrize(("expression", "path"), ROWS)
def test_what_is_compiled_tells_the_same(root: Path, expression: str, path: str | None) -> None:
    home = repository.of(str(root / "call" / "pipeline.py"))
    spec = resolve_image.spec(made(root, expression), home, "default")
    assert paths.inside(spec.layout(home.root), str(root / "call" / "sub" / "mod.py")) == path


@pytest.mark.parametrize("image", [None, "python:3.13-slim"])
def test_the_name_of_an_image_tells_of_no_file(image: str | None) -> None:
    assert paths.inside(image, __file__) is None


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("with space/my mod.py", "with space/my mod.py"),
        ("-x.py", "./-x.py"),
        ("-x/mod.py", "./-x/mod.py"),
        ("mod", "./mod"),
        ("sub/mod", "sub/mod"),
    ],
)
def test_a_path_is_never_an_option_or_a_word(root: Path, name: str, path: str) -> None:
    assert paths.inside(made(root, 'co.Image(copy_dir=".")'), str(root / "call" / name)) == path


def test_a_folder_is_no_prefix_of_another_name(root: Path) -> None:
    image = made(root, 'co.Image(copy_dir="sub")')
    assert paths.inside(image, str(root / "call" / "sub-2" / "mod.py")) is None
    assert paths.inside(image, str(root / "call" / "sub" / ".." / "other" / "a.py")) is None


def test_symlinks_are_resolved_on_both_sides(root: Path) -> None:
    (root / "link").symlink_to(root / "call")
    (root / "call" / "other" / "mod.py").symlink_to(root / "call" / "sub" / "mod.py")
    for expression in ('co.Image(copy_dir="../link")', 'co.Image(copy_dir=".")'):
        for name in ("call/sub/mod.py", "link/sub/mod.py", "call/other/mod.py"):
            assert paths.inside(made(root, expression), str(root / name)) == "sub/mod.py"
    mapped = made(root, 'co.Image(path_map={"../link/sub": "/s"})')
    assert paths.inside(mapped, str(root / "link" / "sub" / "mod.py")) == "/s/mod.py"
    plain = paths.Layout(paths=((str(root / "link" / "sub"), "/s"),))
    assert paths.inside(plain, str(root / "call" / "sub" / "mod.py")) == "/s/mod.py"
    assert paths.inside(paths.Layout(str(root / "link")), str(root / "call" / "sub" / "mod.py")) == "sub/mod.py"


def test_a_clone_has_the_repository_that_holds_the_file(root: Path) -> None:
    image = made(root, 'co.Image(copy_url="https://example.com/x", copy_branch="main")')
    (root / "call" / "sub" / ".git").mkdir()
    assert paths.inside(image, str(root / "call" / "sub" / "mod.py")) == "mod.py"
    assert paths.inside(image, "/usr/lib/python3/mod.py") is None


def test_the_root_of_everything_holds_all() -> None:
    assert paths.inside(paths.Layout(paths=(("/", "/host"),)), "/usr/mod.py") == "/host/usr/mod.py"
