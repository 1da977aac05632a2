"""The first program of the project's seed on Argo: applied, submitted from its template, its commands in containers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.shell import Finished, call
from tests.machine import Machine
from tests.seed import TESTS, Board, compiled

IMAGE = "local/busybox:1"
pytestmark = pytest.mark.needs("argo", "cluster")


@pytest.fixture
def board() -> Iterator[Board]:
    found = Board()
    yield found
    found.close()


class Seed:
    """The program on the cluster, under a fresh name; all pods use this machine's network."""

    def __init__(self, folder: Path, board: Board, machine: Machine) -> None:
        self.folder, self.board = folder, board
        self.name = f"seed{secrets.token_hex(6)}"
        self._argo, self._kubectl, self._env = machine.path("argo"), machine.path("cluster"), machine.env("cluster")
        (folder / "pyproject.toml").write_text(f'[tool.conducto]\ndefault-image = "{IMAGE}"\n')

    def ask(self, what: str) -> str:
        return self.board.ask(what, "127.0.0.1", "busybox")

    def run(self, build: str, test: str) -> Finished:
        """The ended run; argo ends with 0 or 1."""
        output = compiled(self.folder, "argo", "ci.argo.yaml", build, test, self.name)
        self._call(self._kubectl, "apply", "--server-side", "-f", output.name)
        words = ("submit", "--wait", "--name", self.name, "--from", f"workflowtemplate/{self.name}")
        ended = self._call(self._argo, *words, allowed=(0, 1))
        show = ("get", "workflow", self.name, "-o", "jsonpath={.status.phase}")
        assert self._call(self._kubectl, *show).text == {0: "Succeeded", 1: "Failed"}[ended.status]
        self._call(self._kubectl, "delete", "--wait=false", "workflow", self.name)
        self._call(self._kubectl, "delete", "--wait=false", "-f", output.name)
        return ended

    def _call(self, *words: str, allowed: tuple[int, ...] = (0,)) -> Finished:
        return call(words, cwd=self.folder, env=self._env, allowed=allowed)


@pytest.fixture
def seed(tmp_path: Path, board: Board, machine: Machine) -> Seed:
    return Seed(tmp_path, board, machine)


def test_every_test_finds_what_a_slow_build_leaves(seed: Seed) -> None:
    ended = seed.run(f"sleep 2; {seed.ask('leave')}", seed.ask("find"))
    assert (ended.status, seed.board.seen[:1]) == (0, ["/Build"]), ended.text
    assert sorted(seed.board.seen[1:]) == sorted(TESTS)
    assert seed.board.found == [False, True, True, True]


def test_after_a_build_that_fails_no_test_runs(seed: Seed) -> None:
    ended = seed.run(f"{seed.ask('leave')}; sleep 1; exit 1", seed.ask("find"))
    assert (ended.status, seed.board.seen) == (1, ["/Build"]), ended.text


def test_an_app_that_fails_does_not_stop_the_backend(seed: Seed) -> None:
    fails = f"test $CONDUCTO_NODE != /Test/app || {{{{ {seed.ask('find')}; exit 1; }}}}"
    ended = seed.run(seed.ask("leave"), f"{fails}; sleep 2; {seed.ask('find')}")
    assert (ended.status, seed.board.seen[0]) == (1, "/Build"), ended.text
    assert sorted(seed.board.seen[1:]) == sorted(TESTS)
