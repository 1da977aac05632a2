"""The first program of the project's seed, compiled by the command line and run by make in docker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import conducto, python
from tests.makefiles import IMAGE, Makefile, Ran

PROGRAM = Path(__file__).parents[1] / "golden/build-test/pipeline.py"
TESTS = {"Test/app", "Test/backend", "Test/metrics"}
BUILD, TEST = "echo docker build, make, npm i, etc.", "echo run test for {name}"
PRINTED = """\
/
├─0 Build   echo docker build, make, npm i, etc.
└─1 Test
  ├─ app   echo run test for app
  ├─ backend   echo run test for backend
  └─ metrics   echo run test for metrics
"""

pytestmark = pytest.mark.needs("make", "docker", f"image:{IMAGE}")


class Seed:
    """The program in a folder, with more in its commands; what they leave for each other is in `shared`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shared = folder / "shared"
        self.shared.mkdir()

    def run(self, *words: str, build: str = "true", test: str = "true") -> Ran:
        """Compile and run it, `build` being added to Build's command and `test` to each test's."""
        source = PROGRAM.read_text()
        for old, more in ((BUILD, build), (TEST, test)):
            assert source.count(f'{old}")') == 1
            source = source.replace(f'{old}")', f'{old}; {more}")')
        (self.folder / "f.py").write_text(source)
        compiled = conducto(self.folder, "compile", "--target", "make", "f.py")
        assert compiled.status == 0, compiled.err
        volume = f"RUN_FLAGS=--network=host -v {self.shared}:/shared"
        return Makefile(self.folder / "f.mk").run(*words, f"DEFAULT_IMAGE={IMAGE}", volume, cwd=self.folder)

    def ended(self, how: str) -> set[str]:
        """The nodes that ended so: `done`, `failed` or `unrun`."""
        return {path.name.replace(",", "/") for path in (self.folder / ".conducto/state/f" / how).iterdir()}

    def ran(self) -> list[str]:
        """The nodes whose commands began, by their own account, in order."""
        log = self.shared / "ran"
        return log.read_text().split() if log.exists() else []


@pytest.fixture
def seed(tmp_path: Path) -> Seed:
    return Seed(tmp_path)


#: Each command notes itself, as one write that no other can cut in two.
SAY = "echo $CONDUCTO_NODE >>/shared/ran"


def test_it_prints_its_tree(seed: Seed) -> None:
    (seed.folder / "f.py").write_text(PROGRAM.read_text())
    assert python(seed.folder, "f.py", "run").out == PRINTED


@pytest.mark.parametrize("jobs", ["-j1", "-j4"])
def test_as_it_stands_it_runs_its_four_execs(seed: Seed, jobs: str) -> None:
    ran = seed.run(jobs)
    assert ran.status == 0, ran.err
    assert seed.ended("done") == {"Build", *TESTS}
    assert "Build | docker build, make, npm i, etc.\n" in ran.out
    for name in ("app", "backend", "metrics"):
        assert f"Test/{name} | run test for {name}\n" in ran.out


@pytest.mark.parametrize("jobs", ["-j1", "-j4"])
def test_every_test_finds_what_a_slow_build_leaves(seed: Seed, jobs: str) -> None:
    build, test = f"{SAY}; sleep 1.5; touch /shared/token", f"{SAY}; test -e /shared/token"
    ran = seed.run(jobs, build=build, test=test)
    assert ran.status == 0, ran.err
    assert seed.ran()[0] == "/Build"
    assert sorted(seed.ran()[1:]) == [f"/{name}" for name in sorted(TESTS)]


@pytest.mark.parametrize("jobs", ["-j1", "-j4"])
def test_after_a_build_that_fails_no_test_runs(seed: Seed, jobs: str) -> None:
    assert seed.run(jobs, build=f"{SAY}; sleep 1; exit 1", test=SAY).status == 2
    assert seed.ran() == ["/Build"]
    assert (seed.ended("failed"), seed.ended("unrun")) == ({"Build"}, TESTS)


@pytest.mark.parametrize("jobs", ["-j1", "-j4"])
def test_an_app_that_fails_does_not_stop_the_backend(seed: Seed, jobs: str) -> None:
    end = "x=$?; [ $x != 0 ] || sleep 0.7; touch /shared$CONDUCTO_NODE; exit $x"
    (seed.shared / "Test").mkdir()
    ran = seed.run(jobs, build=SAY, test=f"{SAY}; test $CONDUCTO_NODE != /Test/app; {end}")
    assert ran.status == 2
    assert {path.name for path in (seed.shared / "Test").iterdir()} == {"app", "backend", "metrics"}
    assert (seed.ended("failed"), seed.ended("done")) == ({"Test/app"}, {"Build", "Test/backend", "Test/metrics"})
