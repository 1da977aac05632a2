"""tests/plugin_needs.py, in runs of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TESTS = """
import pytest

@pytest.mark.needs("bash")
def test_here(): pass

@pytest.mark.needs("zizmor")
@pytest.mark.parametrize("n", [1, 2])
def test_not_here(n): pass

def test_plain(): pass
"""


def run(folder: Path, *options: str, ci: bool, tests: str = TESTS, every: str = "") -> subprocess.CompletedProcess[str]:
    """A run of `tests` on a machine that has bash and little else; `every` replaces EVERY_RUN."""
    bin_folder = folder / "bin"
    if not bin_folder.exists():
        bin_folder.mkdir()
        # Beside its Python the probe looks for tools too: a link of another place has none beside it.
        (bin_folder / "bash").symlink_to("/bin/bash")
        (folder / "tests").mkdir()
    (folder / "tests" / "test_it.py").write_text(tests)
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = tests\n")
    (folder / "conftest.py").write_text(
        "import sys, types\n"
        "import tests.machine as kit\n"
        "from tests import plugin_needs\n"
        "from tests.plugin_needs import *\n"
        f"plugin_needs.EVERY_RUN = {tuple(every.split())!r}\n"
        f"kit.sys = types.SimpleNamespace(executable={str(bin_folder / 'python')!r})\n"
    )
    env = {
        "PATH": str(bin_folder),
        "HOME": str(folder),
        "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
        "CONDUCTO_CI_CACHE": str(folder / "nothing"),
        "CI": "true" if ci else "",
    }
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *options]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def closing(done: subprocess.CompletedProcess[str]) -> str:
    """The last line, less its ornament and time."""
    return done.stdout.splitlines()[-1].strip("= ").split(" in ")[0]


def test_without_the_thing_a_test_is_skipped_and_listed(tmp_path: Path) -> None:
    done = run(tmp_path, ci=False, every="zizmor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert closing(done) == "2 passed, 2 skipped"
    assert "missing on this machine" in done.stdout
    assert "zizmor: 2 tests skipped: no zizmor on PATH" in done.stdout
    assert "bash:" not in done.stdout


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_on_ci_without_the_thing_a_test_is_an_error(workers: str, tmp_path: Path) -> None:
    done = run(tmp_path, workers, ci=True)
    assert done.returncode == 1
    assert closing(done) == "2 passed, 2 errors"
    assert "zizmor: 2 tests failed: no zizmor on PATH" in done.stdout
    assert done.stdout.count("needs zizmor: no zizmor on PATH") >= 2


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_on_ci_a_thing_that_no_test_exercised_fails_the_run(workers: str, tmp_path: Path) -> None:
    lost = TESTS.replace('"zizmor"', '"bash"')
    assert run(tmp_path, workers, ci=True, tests=lost, every="bash").returncode == 0
    done = run(tmp_path, workers, ci=True, tests=lost, every="bash zizmor")
    assert done.returncode == 1
    assert "no test that needs zizmor passed" in done.stdout
    assert closing(done) == "4 passed"


@pytest.mark.parametrize("choice", [["-k", "here"], ["tests/test_it.py"]])
def test_on_ci_a_part_of_the_suite_may_exercise_less(tmp_path: Path, choice: list[str]) -> None:
    lost = TESTS.replace('"zizmor"', '"bash"')
    assert run(tmp_path, *choice, ci=True, tests=lost, every="bash zizmor").returncode == 0


def test_a_failing_test_exercises_nothing(tmp_path: Path) -> None:
    failing = TESTS.replace("def test_here(): pass", "def test_here(): assert False")
    done = run(tmp_path, ci=True, tests=failing.replace('"zizmor"', '"git"'), every="bash")
    assert done.returncode == 1
    assert "no test that needs bash passed" in done.stdout


def test_a_misspelt_need_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, ci=False, tests=TESTS.replace("zizmor", "zizmore"))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "nothing is called 'zizmore'" in done.stderr + done.stdout
