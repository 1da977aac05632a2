"""Which files are copied code: Python's listing, the shells' listing, and what git and tar make of it."""

from __future__ import annotations

import atexit
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import conducto as co
from conducto import code, patterns
from conducto.templating import source
from tests import test_patterns
from tests.machine import Machine
from tests.plugin_thorough import amount
from tests.repositories import git

HEADER = "# Made by conducto from pipeline.py, run. Change that file and compile again.\n"
#: Each is `sh` too, for what runs below; busybox has tools of its own.
SHELLS = {"dash": ["dash"], "bash": ["bash"], "busybox": ["busybox", "sh"]}
ENV = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"}

pytestmark = pytest.mark.needs("git", "dash", "bash", "busybox")


def tree(folder: Path, files: Iterable[str], repository: bool = True) -> Path:
    """`folder` with these empty files, in a git repository or in none."""
    for path in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    if repository:
        git(folder, "init", "-q", ".")
    return folder


@cache
def _path(name: str) -> str:
    return shutil.which(name) or name


@cache
def _sh(name: str) -> str:
    """A folder in which `sh` is that shell."""
    folder = tempfile.mkdtemp(prefix="conducto-sh-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.symlink(_path(name), f"{folder}/sh")
    return folder


def script(
    folder: Path, rest: str, shell: str = "dash", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run `rest` after templates/code.sh."""
    name, *more = SHELLS[shell]
    words = [_path(name), *more, "-c", f"{source('code.sh')}\n{rest}", "sh", str(folder)]
    env = env or ENV
    env = {**env, "PATH": f"{_sh(name)}:{env['PATH']}"}
    return subprocess.run(words, cwd="/", env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def listed(folder: Path, exclude: Iterable[str] = (), shell: str = "dash") -> list[str]:
    """What a shell lists."""
    rules = [patterns.parse(pattern).word for pattern in exclude]
    quoted = " ".join("'" + rule.replace("'", "'\\''") + "'" for rule in rules)
    done = script(folder, f'conducto_code "$1" {quoted}', shell)
    assert (done.returncode, done.stderr) == (0, b"")
    found = done.stdout.split(b"\0")
    assert found.pop() == b""
    assert len(set(found)) == len(found)
    return [os.fsdecode(path) for path in sorted(found)]


def same(folder: Path, exclude: tuple[str, ...] = ()) -> list[str]:
    """What Python and all shells list alike."""
    found = code.files(str(folder), "", exclude)
    for shell in SHELLS:
        assert listed(folder, exclude, shell) == found, shell
    return found


# --- what is listed -------------------------------------------------------------------------------------------------------

HARD = [
    "a b",
    "new\nline",
    "it's",
    '"x"',
    "$HOME",
    "-",
    "-x",
    "--",
    "*",
    "a\\b",
    "é",
    "a/-",
    "a/ ",
    "~",
    ".hidden",
    "'\n'",
]


@pytest.mark.parametrize("repository", [True, False])
def test_every_name_is_listed(tmp_path: Path, repository: bool) -> None:
    (tmp_path / os.fsdecode(b"\xff\xfe")).touch()
    tree(tmp_path, HARD, repository)
    assert same(tmp_path) == sorted([*HARD, os.fsdecode(b"\xff\xfe")], key=os.fsencode)


def test_what_git_ignores_is_not(tmp_path: Path) -> None:
    tree(tmp_path, ["a.o", "b.o", "kept.o", "sub/x", "sub/y", "build/z", "c"])
    (tmp_path / ".gitignore").write_text("*.o\n!kept.o\n/build\n")
    (tmp_path / "sub" / ".gitignore").write_text("y\n")
    git(tmp_path, "add", "-f", "b.o")
    assert same(tmp_path) == [".gitignore", "b.o", "c", "kept.o", "sub/.gitignore", "sub/x"]


def test_outside_of_git_all_is(tmp_path: Path) -> None:
    tree(tmp_path, ["a.o", "sub/x", ".conducto/state/a", "sub/.conducto/b"], repository=False)
    (tmp_path / ".gitignore").write_text("*.o\n")
    assert same(tmp_path) == [".gitignore", "a.o", "sub/x"]


def test_what_is_ours_is_not(tmp_path: Path) -> None:
    tree(tmp_path, ["a", ".conducto/runtime.pyz", "sub/.conducto/state/x", "x.git/y", ".gitattributes", ".conducto2"])
    for number, name in enumerate(("first", "second", "third", "fourth")):
        (tmp_path / name).write_text("#\n" * number + HEADER + "all:\n")
    (tmp_path / "said").write_text(f"  {HEADER}")
    (tmp_path / "binary").write_bytes(b"\0\n" * 2 + HEADER.encode())
    (tmp_path / "no\nline").write_bytes(HEADER.encode().rstrip())
    (tmp_path / "far").write_bytes(b"x" * 70000 + b"\n" + HEADER.encode())
    (tmp_path / "link").symlink_to("first")
    git(tmp_path, "add", ".")
    assert same(tmp_path) == [".conducto2", ".gitattributes", "a", "far", "fourth", "link", "said", "x.git/y"]


def test_links_are_files_and_are_not_followed(tmp_path: Path) -> None:
    tree(tmp_path, ["a/b"])
    for name, aim in (("folder", "a"), ("gone", "nowhere"), ("loop", "loop"), ("out", "/dev/zero")):
        (tmp_path / name).symlink_to(aim)
    expected = ["a/b", "folder", "gone", "loop", "out"]
    assert same(tmp_path) == expected
    shutil.rmtree(tmp_path / ".git")
    os.mkfifo(tmp_path / "fifo")
    assert same(tmp_path) == expected


def test_a_file_that_is_deleted_is_not(tmp_path: Path) -> None:
    tree(tmp_path, ["a", "b", "c/d"])
    git(tmp_path, "add", ".")
    (tmp_path / "a").unlink()
    shutil.rmtree(tmp_path / "c")
    (tmp_path / "c").touch()
    assert same(tmp_path) == ["b", "c"]


def test_the_files_of_a_folder_are_told_from_there(tmp_path: Path) -> None:
    tree(tmp_path, ["a/b/c", "a/d", "e", "a/f.o"])
    (tmp_path / ".gitignore").write_text("/a/f.o\n")
    assert code.files(str(tmp_path), "a") == listed(tmp_path / "a") == ["b/c", "d"]
    assert code.files(str(tmp_path), "a", ["/b"]) == listed(tmp_path / "a", ["/b"]) == ["d"]


def test_repositories_in_a_repository_are_part_of_it(tmp_path: Path) -> None:
    tree(tmp_path, ["a", "in ner/b", "in ner/c.o", "in ner/deep/d"])
    for inner in ("in ner/deep", "in ner"):
        tree(tmp_path / inner, [])
    (tmp_path / "in ner" / ".gitignore").write_text("*.o\n")
    expected = ["a", "in ner/.gitignore", "in ner/b", "in ner/deep/d"]
    assert same(tmp_path) == expected
    assert same(tmp_path, ("deep", "a")) == expected[1:3]
    git(tmp_path / "in ner" / "deep", "add", ".")
    git(tmp_path / "in ner" / "deep", "commit", "-qm", "d")
    git(tmp_path / "in ner", "add", ".")
    git(tmp_path / "in ner", "commit", "-qm", "b")
    git(tmp_path, "-c", "advice.addEmbeddedRepo=false", "add", ".")
    assert same(tmp_path) == expected
    assert code.files(str(tmp_path), "", tracked_only=True) == expected
    shutil.rmtree(tmp_path / "in ner")
    (tmp_path / "in ner").mkdir()
    assert same(tmp_path) == ["a"]


names = st.lists(st.sampled_from([*test_patterns._NAMES, *HARD[:10], ".git2", "x.log"]), min_size=1, max_size=3)
trees = st.one_of(test_patterns.trees, st.lists(names.map("/".join), min_size=1, max_size=12))


def test_what_is_left_out(tmp_path: Path) -> None:
    tree(
        tmp_path, ["a.o", "keep.o", "gone/keep.o", "b/keep.o", "b/c.o", "gone.o/x", "d", "b/gone", "é", "b/e/f", "e/f"]
    )
    assert same(tmp_path, ("*.o", "!keep.o", "gone/", "!gone/keep.o")) == [
        "b/e/f",
        "b/gone",
        "b/keep.o",
        "d",
        "e/f",
        "keep.o",
        "é",
    ]
    assert "é" in same(tmp_path, ("?", "b"))
    assert "b/e/f" not in same(tmp_path, ("b/**/f",))
    assert same(tmp_path, ("*", "!/e/", "!/e/**")) == ["e/f"]


@settings(max_examples=amount(10, 40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=trees,
    exclude=test_patterns.several,
    ignored=test_patterns.several,
    repository=st.booleans(),
    made=st.integers(0, 15),
)
def test_python_and_shells_list_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    machine: Machine,
    files: list[str],
    exclude: list[str],
    ignored: list[str],
    repository: bool,
    made: int,
) -> None:
    there = test_patterns.files_of([os.path.normpath(path) for path in files])
    folder = tree(tmp_path_factory.mktemp("tree"), there, repository)
    (folder / ".gitignore").write_text("".join(f"{pattern}\n" for pattern in ignored))
    if made < len(there):
        (folder / there[made]).write_text(HEADER)
    same(folder, tuple(pattern for pattern in exclude if test_patterns.readable(pattern)))


def test_many_files_are_listed_in_time(tmp_path: Path) -> None:
    tree(
        tmp_path,
        [f"{a}/{b}/{c}.{'log' if c % 5 == 0 else 'c'}" for a in range(10) for b in range(20) for c in range(15)],
    )
    found = same(tmp_path, ("*.log", "!/3/**/0.log", "/9/"))
    assert len(found) == 9 * 20 * 12 + 20


# --- how it travels -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", SHELLS)
def test_tar_takes_the_list(tmp_path: Path, shell: str) -> None:
    folder = tree(tmp_path / "a b", HARD)
    (folder / "it's").chmod(0o755)
    (folder / "link").symlink_to("it's")
    done = script(folder, f'conducto_code "$1" | {shutil.which("tar")} -C "$1" --null -T - -cf -', shell)
    assert (done.returncode, done.stderr) == (0, b"")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        found = {member.name: member for member in archive.getmembers()}
    assert sorted(found) == sorted([*HARD, "link"])
    assert found["it's"].mode & 0o777 == 0o755
    assert found["link"].linkname == "it's"


def test_it_is_a_clean_shell_script(machine: Machine, tmp_path: Path) -> None:
    text = source("code.sh")
    inner = text.partition("conducto_files='\n")[2].partition("\n'\n")[0]
    assert inner
    assert "'" not in inner
    assert not [line for line in text.split("\n") if line.endswith("\\") or "\r" in line]
    assert not [line for line in text.split("\n") if line.split()[:1] in (["define"], ["endef"])]


@pytest.mark.needs("shellcheck")
def test_shellcheck_finds_nothing(machine: Machine, tmp_path: Path) -> None:
    text = source("code.sh")
    inner = text.partition("conducto_files='\n")[2].partition("\n'\n")[0]
    for name, script, words in (("outer", text, []), ("inner", inner, ["-e", "SC2254"])):  # a pattern is meant as one
        (tmp_path / name).write_text(script)
        done = subprocess.run(
            [machine.path("shellcheck"), "-s", "sh", *words, name],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout, done.returncode) == ("", 0)


# --- git --------------------------------------------------------------------------------------------------------------


def test_a_repository_that_git_does_not_know_is_an_error(tmp_path: Path) -> None:
    tree(tmp_path, ["a", "sub/b"], repository=False)
    (tmp_path / ".git").mkdir()
    for shell in SHELLS:
        done = script(tmp_path / "sub", 'conducto_code "$1"', shell)
        assert done.stdout == b""
        assert done.returncode != 0
        assert b"git does not tell which files of" in done.stderr
    with pytest.raises(co.ConductoError) as found:
        code.files(str(tmp_path), "sub")
    assert found.value.diagnostics[0].code == "C207"


def test_so_is_a_checkout_without_a_git_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree(tmp_path / "tree", ["a"])
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "find", "xargs", "grep", "head", "sed", "tr"):
        (tools / tool).symlink_to(shutil.which(tool) or "")
    done = script(folder, 'conducto_code "$1"', env={"PATH": str(tools)})
    assert done.stdout == b""
    assert done.returncode != 0
    assert b"git does not tell" in done.stderr
    monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(co.ConductoError) as found:
        code.files(str(folder), "")
    assert found.value.diagnostics[0].code == "C207"
    assert "no git on PATH" in found.value.diagnostics[0].message
    shutil.rmtree(folder / ".git")
    assert code.files(str(folder), "") == ["a"]
    assert script(folder, 'conducto_code "$1"', env={"PATH": str(tools)}).stdout == b"a\0"


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert script(tmp_path / "nope", 'conducto_code "$1"').returncode != 0


def test_a_hook_does_not_make_git_look_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, other = tree(tmp_path / "here", ["a"]), tree(tmp_path / "other", ["b"])
    hook = {
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": str(other / ".git" / "index"),
    }
    assert script(folder, 'conducto_code "$1"', env={**ENV, **hook}).stdout == b"a\0"
    for key, value in hook.items():
        monkeypatch.setenv(key, value)
    assert code.files(str(folder), "") == ["a"]


def test_only_what_git_tracks(tmp_path: Path) -> None:
    tree(tmp_path, ["a", "b/c", "d.o", "e"])
    (tmp_path / ".gitignore").write_text("*.o\n")
    (tmp_path / "made.mk").write_text(HEADER)
    git(tmp_path, "add", "-f", "a", "b", "d.o", "made.mk")
    assert code.files(str(tmp_path), "", ("b",), tracked_only=True) == ["a", "d.o"]
    git(tmp_path, "rm", "-q", "--cached", "a")
    assert code.files(str(tmp_path), "", tracked_only=True) == ["b/c", "d.o"]


def test_nothing_is_tracked_outside_of_git(tmp_path: Path) -> None:
    with pytest.raises(co.ConductoError) as found:
        code.files(str(tree(tmp_path, ["a"], repository=False)), "", tracked_only=True)
    assert found.value.diagnostics[0].code == "C208"
    assert found.value.diagnostics[0].help
