"""What git tracks, read without git, held against git itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from conducto import git_index
from tests.repositories import commit, git

pytestmark = pytest.mark.needs("git")
NAMES = ["a", "a.py", "b/c", "b/cc/d", "b/cd", "ü/ñ", "new\nline", "-x", "z" * 150 + "/y", "é" * 80]


def listed(folder: Path) -> list[str]:
    return sorted(name for name in git(folder, "ls-files", "-z", "--cached").split("\0") if name)


def repository(folder: Path, names: list[str], *options: str) -> Path:
    git(folder.parent, "init", "-q", *options, folder.name)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_all_that_is_tracked_is_told_and_nothing_else(tmp_path: Path, version: str) -> None:
    folder = repository(tmp_path / "r", [*NAMES, "untracked"])
    git(folder, "update-index", "--index-version", version)
    git(folder, "add", "--", *NAMES)
    if version == "3":
        git(folder, "add", "--intent-to-add", "untracked")
        git(folder, "update-index", "--index-version", version)
    assert (folder / ".git" / "index").read_bytes()[4:8] == bytes([0, 0, 0, int(version)])
    assert sorted(git_index.paths(str(folder)) or []) == listed(folder)
    assert sorted(git_index.paths(str(folder / "b")) or []) == listed(folder / "b") == ["c", "cc/d", "cd"]


def test_after_commits_and_merges_with_conflicts(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", NAMES, "-b", "main")
    commit(folder)
    git(folder, "checkout", "-q", "-b", "other")
    for branch, text in (("other", "1"), ("main", "2")):
        git(folder, "checkout", "-q", branch)
        (folder / "a").write_text(text)
        git(folder, "commit", "-q", "-a", "-m", text)
    assert subprocess.run(["git", "merge", "-q", "other"], cwd=folder, capture_output=True, check=False).returncode == 1
    assert sorted(set(git_index.paths(str(folder)) or [])) == sorted(set(listed(folder)))


def test_a_work_tree_and_a_repository_in_another(tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner", ["x"])
    folder = repository(tmp_path / "r", NAMES)
    for made in (inner, folder):
        commit(made)
    git(folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "sub")
    git(folder, "worktree", "add", "-q", str(tmp_path / "tree"))
    for place in (folder, folder / "sub", tmp_path / "tree"):
        assert sorted(git_index.paths(str(place)) or []) == listed(place) != []
    assert "sub" in (git_index.paths(str(folder)) or [])


def test_nothing_is_tracked_before_anything_is_added(tmp_path: Path) -> None:
    assert git_index.paths(str(repository(tmp_path / "r", ["a"]))) == []


def test_other_hashes_and_split_indexes_are_left_to_git(tmp_path: Path) -> None:
    other = repository(tmp_path / "sha256", ["a"], "--object-format=sha256")
    split = repository(tmp_path / "split", ["a"])
    git(split, "update-index", "--split-index")
    for folder in (other, split):
        git(folder, "add", "a")
        assert git_index.paths(str(folder)) is None
    assert git_index.paths(str(tmp_path)) is None
    broken = repository(tmp_path / "broken", ["a"])
    git(broken, "add", "a")
    index = broken / ".git" / "index"
    index.write_bytes(index.read_bytes()[:40])
    assert git_index.paths(str(broken)) is None
