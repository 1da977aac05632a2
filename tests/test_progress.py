"""The line on a terminal for what takes long: what is seen there, and that nothing is anywhere else."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests import built, command

#: Runs with a line after a hundredth of a second instead of two seconds.
HASTE = "import sys; from conducto import progress; progress.AFTER = progress.EVERY = 0.01; "
LOOP = """
import time
with progress.of("f.py for make"):
    progress.step("resolving")
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        pass
sys.stderr.write("said behind it")
"""
PIPELINE = """
import conducto as co


def pipeline() -> co.Parallel:
    root = co.Parallel()
    for number in range(500):
        root[str(number)] = co.Exec("true")
    return root
"""
COMPILE = "from conducto.__main__ import main; sys.argv = ['conducto', 'compile', '-t', 'make', 'pipeline.py']; main()"


def on_terminal(code: str, folder: Path, term: str = "xterm", columns: int = 200) -> str:
    """What a program writes to a terminal that is its stderr."""
    ours, its = pty.openpty()
    termios.tcsetwinsize(its, (24, columns))
    env = {**os.environ, "TERM": term}
    program = subprocess.Popen([sys.executable, "-c", code], cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=its)
    os.close(its)
    found = b""
    try:
        while more := os.read(ours, 1000):
            found += more
    except OSError:  # the end, on Linux
        pass
    os.close(ours)
    assert program.wait() == 0
    return found.decode()


def test_a_terminal_sees_the_step_and_then_nothing_of_it(tmp_path: Path) -> None:
    seen = on_terminal(HASTE + LOOP, tmp_path)
    assert "\r\x1b[Kf.py for make: resolving, 0 s" in seen
    assert seen.endswith("\r\x1b[Ksaid behind it")


def test_a_line_is_no_wider_than_the_terminal(tmp_path: Path) -> None:
    seen = on_terminal(HASTE + LOOP, tmp_path, columns=10)
    assert {len(line) for line in seen.split("\r\x1b[K")[1:-1]} <= {9, 0}


@pytest.mark.parametrize(("code", "term"), [(LOOP, "xterm"), (HASTE + LOOP, "dumb")], ids=["soon done", "dumb"])
def test_what_is_soon_done_and_what_moves_no_cursor_sees_nothing(code: str, term: str, tmp_path: Path) -> None:
    code = code if code.startswith("import sys;") else "import sys; from conducto import progress\n" + code
    assert on_terminal(code, tmp_path, term) == "said behind it"


def test_what_is_no_terminal_sees_nothing(tmp_path: Path) -> None:
    assert built.call([sys.executable, "-c", HASTE + LOOP], cwd=tmp_path).stderr == "said behind it"


def test_compile_tells_of_its_steps_and_clears_them(tmp_path: Path) -> None:
    command.write(command.repository(tmp_path), pipeline=PIPELINE)
    seen = on_terminal(HASTE + COMPILE, tmp_path)
    assert "pipeline.py for make: checking the document, 0 s" in seen
    assert seen.split("\r\x1b[K")[-1] == "wrote pipeline.mk\r\n"


def test_an_alarm_that_was_set_before_is_there_again() -> None:
    code = """
import io, os, signal, sys
from conducto import progress
progress._can_be_shown = lambda: True
signal.signal(signal.SIGALRM, lambda *_: None)
before = signal.getsignal(signal.SIGALRM)
with progress.of("x"):
    assert signal.getsignal(signal.SIGALRM) is not before
assert signal.getsignal(signal.SIGALRM) is before
assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
"""
    assert built.call([sys.executable, "-c", code], cwd=Path(os.sep)).stderr == ""
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
