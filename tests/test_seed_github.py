"""The first program of the project's seed as a GitHub workflow, run by act: on this machine, and in containers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance import runner_github as act
from tests.conformance.shell import Finished, call
from tests.plugin_thorough import also
from tests.seed import TESTS, Board, compiled

IMAGE = "local/busybox:1"
IN_DOCKER = pytest.param("docker", marks=pytest.mark.needs("act", "docker", "image:local/runner:1", f"image:{IMAGE}"))
BOTH = pytest.mark.parametrize("way", [IN_DOCKER, also("host", needs=("act",))])


@pytest.fixture
def board() -> Iterator[Board]:
    found = Board()
    yield found
    found.close()


class Seed:
    """The program, compiled and run one way; the commands' own additions tell the board."""

    def __init__(self, way: str, folder: Path, board: Board) -> None:
        self.platform = "-self-hosted" if way == "host" else "local/runner:1"
        self.folder, self.board = folder, board
        self.where = ("127.0.0.1", "bash") if way == "host" else (act.gateway(IMAGE), "busybox")
        image = "" if way == "host" else IMAGE
        (folder / "pyproject.toml").write_text(f'[tool.conducto]\ndefault-image = "{image}"\n')

    def ask(self, what: str) -> str:
        return self.board.ask(what, *self.where)

    def run(self, build: str, test: str) -> Finished:
        """The ended run; act ends with 0 or 1."""
        output = compiled(self.folder, "github", "ci.yml", build, test)
        with act.environment(output.name) as env:
            words = [act.tool("act"), "push", "-P", f"ubuntu-24.04={self.platform}", "--pull=false", "--rm"]
            words += ["--concurrent-jobs", "4", "--no-cache-server", "-W", output.name]
            return call(words, cwd=self.folder, allowed=(0, 1), env=env)


@BOTH
def test_every_test_finds_what_a_slow_build_leaves(way: str, tmp_path: Path, board: Board) -> None:
    seed = Seed(way, tmp_path, board)
    ended = seed.run(f"sleep 1.5; {seed.ask('leave')}", seed.ask("find"))
    assert ended.status == 0, ended.text
    assert board.seen[0] == "/Build"
    assert sorted(board.seen[1:]) == sorted(TESTS)
    assert board.found == [False, True, True, True]
    for said in ("docker build, make, npm i, etc.", *(f"run test for {name[6:]}" for name in TESTS)):
        assert f"| {said}\n" in ended.text


@BOTH
def test_after_a_build_that_fails_no_test_runs(way: str, tmp_path: Path, board: Board) -> None:
    seed = Seed(way, tmp_path, board)
    ended = seed.run(f"{seed.ask('leave')}; sleep 1; exit 1", seed.ask("find"))
    assert (ended.status, board.seen) == (1, ["/Build"]), ended.text


@BOTH
def test_an_app_that_fails_does_not_stop_the_backend(way: str, tmp_path: Path, board: Board) -> None:
    seed = Seed(way, tmp_path, board)
    fails = "test $CONDUCTO_NODE != /Test/app || exit 1; sleep 1"
    ended = seed.run(seed.ask("leave"), f"{fails}; {seed.ask('find')}")
    assert (ended.status, board.seen[0]) == (1, "/Build"), ended.text
    assert sorted(board.seen[1:]) == ["/Test/backend", "/Test/metrics"]
    assert "| run test for app\n" in ended.text or way == "host"  # act loses the last output of a step that fails there
