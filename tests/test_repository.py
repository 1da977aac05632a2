"""The repository of a file, and the names that follow from where it lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from conducto import repository
from tests import command


def test_the_nearest_repository_counts(tmp_path: Path) -> None:
    command.repository(tmp_path)
    command.repository(tmp_path / "sub")
    assert repository.of(str(tmp_path / "a" / "p.py")) == (str(tmp_path), True)
    assert repository.of(str(tmp_path / "sub" / "p.py")) == (str(tmp_path / "sub"), True)


def test_a_worktree_has_a_file_of_that_name(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    assert repository.of(str(tmp_path / "p.py")).found


def test_without_one_the_files_folder_is_the_root(tmp_path: Path) -> None:
    found = repository.of(str(tmp_path / "a" / "p.py"))
    assert found == (str(tmp_path / "a"), False)


def test_a_link_leads_to_the_repository_of_what_it_links(tmp_path: Path) -> None:
    command.repository(tmp_path / "real")
    command.write(tmp_path / "real", p="")
    (tmp_path / "link.py").symlink_to("real/p.py")
    assert repository.of(str(tmp_path / "link.py")) == (str(tmp_path / "real"), True)
    assert repository.of(str(tmp_path / "link.py")).relative(str(tmp_path / "link.py")) == "p.py"


def test_paths_there_and_back(tmp_path: Path) -> None:
    home = repository.Repository(str(tmp_path), True)
    for relative in ("p.py", "a b/c.yml", ".github/workflows/x.yml", "../out.mk"):
        assert home.relative(home.absolute(relative)) == relative


@pytest.mark.parametrize(
    ("source", "function", "explicit", "name"),
    [
        ("pipeline.py", "run", False, "pipeline"),
        ("pipeline.py", "run", True, "pipeline-run"),
        ("ci/deploy/pipeline.py", "run", False, "ci-deploy-pipeline"),
        (".ci/pipeline.py", "run", False, ".ci-pipeline"),
        ("tools/pipe", "run", False, "tools-pipe"),
        ("my pipe.v2.py", "run", False, "my pipe.v2"),
    ],
)
def test_names(source: str, function: str, explicit: bool, name: str) -> None:
    assert repository.pipeline_name(source, function, explicit) == name
