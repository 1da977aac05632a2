"""A run that is shown and interrupted: what it leaves, which is nothing, and the exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests import test_make_interrupt
from tests.launching import HOST, ended, local, project, start, wait_here
from tests.makefiles import IMAGE, docker, environment, wait_for

pytestmark = pytest.mark.needs("make")

#: What says that it is there, does not end by itself, and is followed by what must not run.
TEXT = """
import sys
import conducto as co

root = co.Serial(image={image})
root["a"] = co.Exec("echo here; sleep 300 & sleep 301")
root["b"] = co.Exec("echo never")

def run():
    return root

if __name__ == "__main__":
    {main}
"""
MAIN = "co.main(default=run)"
NODE = "sys.exit(root.launch_local(run=True, engine='host'))"
WORDS = ("f.py", "run", "--local", HOST)


@contextmanager
def running(
    folder: Path, words: tuple[str, ...] = WORDS, main: str = MAIN, image: str = "None"
) -> Iterator["subprocess.Popen[bytes]"]:
    """A program while its pipeline is running; nothing of it is left afterwards, come what may."""
    project(folder, TEXT.format(main=main, image=image))
    process = start(folder, *words)
    try:
        wait_here(folder, "f", "a")
        yield process
    finally:
        for pid in test_make_interrupt.left(folder):
            test_make_interrupt.end(pid)
        process.wait(30)


def check_ended(folder: Path) -> None:
    """All has ended, and what was done is told."""
    test_make_interrupt.check_no_process(folder)
    state = local(folder) / "state"
    assert not (state / "lock").exists()
    assert list((state / "live").iterdir()) == []
    assert (ended(folder, "failed"), ended(folder, "done")) == ({"a"}, set())
    assert "interrupted" in (state / "failed/a").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
@pytest.mark.parametrize("to", ["program", "group"])
def test_a_signal_ends_the_run_and_the_program_with_130(number: signal.Signals, to: str, tmp_path: Path) -> None:
    with running(tmp_path) as process:
        (os.kill if to == "program" else os.killpg)(process.pid, number)
        assert process.wait(30) == 130, (tmp_path / "said").read_text()
        check_ended(tmp_path)


@pytest.mark.parametrize("pause", [0.05, 0.5, 1.5])
def test_a_signal_that_comes_again_changes_nothing(pause: float, tmp_path: Path) -> None:
    with running(tmp_path) as process:
        for _ in range(3):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            time.sleep(pause)
        assert process.wait(30) == 130, (tmp_path / "said").read_text()
        check_ended(tmp_path)


def test_of_conducto_run_too(tmp_path: Path) -> None:
    words = ("-m", "conducto", "run", "f.py", HOST)
    with running(tmp_path, words) as process:
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(30) == 130, (tmp_path / "said").read_text()
        check_ended(tmp_path)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_program_of_the_users_own_is_given_the_signal_when_the_run_has_ended(
    number: signal.Signals, status: int, tmp_path: Path
) -> None:
    with running(tmp_path, ("f.py",), NODE) as process:
        os.killpg(process.pid, number)
        assert process.wait(30) == status, (tmp_path / "said").read_text()
        check_ended(tmp_path)
        assert ("KeyboardInterrupt" in (tmp_path / "said").read_text()) == (number == signal.SIGINT)


def test_a_handler_of_the_users_own_is_called_then_and_stays(tmp_path: Path) -> None:
    main = """import signal
    signal.signal(signal.SIGTERM, lambda *_: print("mine", flush=True))
    print("gave", root.launch_local(run=True, engine='host'))
    print(signal.getsignal(signal.SIGTERM).__name__, signal.getsignal(signal.SIGINT).__name__)"""
    with running(tmp_path, ("f.py",), main) as process:
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(30) == 0
        check_ended(tmp_path)
    said = (tmp_path / "said").read_text()
    assert said.endswith("mine\ngave 130\n<lambda> default_int_handler\n"), said


def test_what_is_ignored_stays_ignored(tmp_path: Path) -> None:
    main = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); co.main(default=run)"
    with running(tmp_path, main=main) as process:
        os.kill(process.pid, signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(30) == 130
        check_ended(tmp_path)


def test_from_another_thread_it_runs_as_well(tmp_path: Path) -> None:
    main = """import threading
    thread = threading.Thread(target=lambda: print(co.Exec("true").launch_local(run=True, engine="host")))
    thread.start()
    thread.join()"""
    project(tmp_path, TEXT.format(main=main, image="None"))
    process = start(tmp_path, "f.py")
    assert process.wait(60) == 0
    assert (tmp_path / "said").read_text().endswith("1 done, 0 failed, 0 not run\n0\n")


def test_ctrl_c_on_a_terminal(tmp_path: Path) -> None:
    """The terminal tells the whole group, make and its commands' parents included."""
    project(tmp_path, TEXT.format(main=MAIN, image="None"))
    spawn = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
    with (
        (tmp_path / "said").open("wb") as said,
        subprocess.Popen(
            [sys.executable, "-c", spawn, sys.executable, *WORDS],
            cwd=tmp_path,
            env={**environment(), "MARK": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            wait_here(tmp_path, "f", "a")
            assert process.stdin is not None
            process.stdin.write(b"\x03")
            process.stdin.flush()
            begun = time.monotonic()
            assert process.wait(30) == 130, (tmp_path / "said").read_text()
            assert time.monotonic() - begun < 15
            check_ended(tmp_path)
        finally:
            for pid in test_make_interrupt.left(tmp_path):
                test_make_interrupt.end(pid)


def test_the_terminal_is_closed(tmp_path: Path) -> None:
    project(tmp_path, TEXT.format(main=MAIN, image="None"))
    pid, terminal = os.forkpty()
    if pid == 0:
        os.chdir(tmp_path)
        os.execve(sys.executable, [sys.executable, *WORDS], {**environment(), "MARK": str(tmp_path)})
    try:
        wait_here(tmp_path, "f", "a")
        os.close(terminal)
        wait_for(lambda: os.waitpid(pid, os.WNOHANG)[0] == pid, 30)
        test_make_interrupt.check_no_process(tmp_path)
        assert not (local(tmp_path) / "state/lock").exists()
        assert "interrupted" in (local(tmp_path) / "state/failed/a").read_text()
    finally:
        for left in test_make_interrupt.left(tmp_path):
            test_make_interrupt.end(left)


def test_before_the_run_has_begun(tmp_path: Path) -> None:
    """While docker is asked whether it answers, say."""
    project(tmp_path, TEXT.format(main=MAIN, image="None"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/docker").write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\nexec sleep 300\n")
    (tmp_path / "bin/docker").chmod(0o755)
    process = start(tmp_path, *WORDS[:-1], env={"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"})
    try:
        wait_for((tmp_path / "asked").exists, 60)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(30) == 130, (tmp_path / "said").read_text()
        test_make_interrupt.check_no_process(tmp_path)
        assert not (tmp_path / ".conducto").exists()
    finally:
        for left in test_make_interrupt.left(tmp_path):
            test_make_interrupt.end(left)


def test_while_a_run_by_itself_begins(tmp_path: Path) -> None:
    """It is not left running then."""
    project(tmp_path, TEXT.format(main=MAIN, image="None"))
    (tmp_path / "bin").mkdir()
    make = (
        f'#!/bin/sh\n[ "$1" != --version ] || {{ echo GNU Make; exit; }}\n'
        f"touch {tmp_path}/asked; trap 'exit 5' TERM; sleep 300 & wait\n"
    )
    (tmp_path / "bin/make").write_text(make)
    (tmp_path / "bin/make").chmod(0o755)
    process = start(tmp_path, *WORDS, "--no-shell", env={"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"})
    try:
        wait_for((tmp_path / "asked").exists, 60)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 130, (tmp_path / "said").read_text()
        assert "runs by itself" not in (tmp_path / "said").read_text()
    finally:
        for left in test_make_interrupt.left(tmp_path):
            test_make_interrupt.end(left)


def test_a_make_that_is_killed_is_a_failure(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        assert process.wait(30) == 1, (tmp_path / "said").read_text()


@pytest.mark.needs("docker", f"image:{IMAGE}")
def test_in_docker(tmp_path: Path) -> None:
    label = f"label=conducto.state={os.path.realpath(local(tmp_path))}/state"
    with running(tmp_path, WORDS[:-1], image=f'"{IMAGE}"') as process:
        assert len(docker("ps", "-q", "--filter", label)) == 1
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(60) == 130, (tmp_path / "said").read_text()
        check_ended(tmp_path)
    assert docker("ps", "-aq", "--filter", label) == []
