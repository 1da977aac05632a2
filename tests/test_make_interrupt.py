"""A run of make that is interrupted leaves nothing: no container, process, lock or file; and make ends by the signal."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from conducto.image import Image
from conducto.nodes import Exec, Node, Parallel, Serial
from conducto.reuse import ContainerReuseContext
from tests.makefiles import IMAGE, Makefile, docker, makefile, wait_for
from tests.plugin_thorough import also, mostly

DOCKER = ("make", "docker", f"image:{IMAGE}")
DEAF = "trap '' INT TERM HUP QUIT; while :; do sleep 0.5; done"
#: What is running when the signal comes, each in a way of its own hard to end; each says `here` first.
COMMANDS = {
    "plain": "echo here; sleep 300",
    "groups": f'set -m; sleep 305 & sh -c "{DEAF}" & echo here; sleep 303',
    "deaf": f"echo here; {DEAF}",
    "brood": f'(sleep 301 & sleep 302) & sh -c "{DEAF}" & echo here; wait',
    "rude": "trap 'exit 0' INT TERM HUP; echo here; sleep 304 & wait",
}
SIGNALS: dict[str, Callable[[int], list[int]]] = {
    "SIGINT to the group": lambda pid: [send(os.killpg, pid, signal.SIGINT)],
    "SIGTERM to the group": lambda pid: [send(os.killpg, pid, signal.SIGTERM)],
    "SIGHUP to the group": lambda pid: [send(os.killpg, pid, signal.SIGHUP)],
    "SIGTERM to make": lambda pid: [send(os.kill, pid, signal.SIGTERM)],
    "SIGINT twice": lambda pid: [send(os.killpg, pid, signal.SIGINT), send(os.killpg, pid, signal.SIGINT, 0.3)],
}
#: More than one to the group, while nodes are being stopped: each with the seconds after which it comes.
MORE: dict[str, list[tuple[signal.Signals, float]]] = {
    "at once": [(signal.SIGINT, 0), (signal.SIGINT, 0.05)],
    "soon": [(signal.SIGINT, 0), (signal.SIGINT, 0.3)],
    "late": [(signal.SIGINT, 0), (signal.SIGINT, 1)],
    "often": [(signal.SIGINT, 0), *[(signal.SIGINT, 0.2)] * 20],
    "SIGTERM": [(signal.SIGTERM, 0), (signal.SIGTERM, 0.5)],
    "SIGHUP": [(signal.SIGHUP, 0), (signal.SIGHUP, 0.5)],
    "SIGQUIT": [(signal.SIGQUIT, 0), (signal.SIGQUIT, 0.5)],
    "all kinds": [(signal.SIGHUP, 0), (signal.SIGINT, 0.3), (signal.SIGTERM, 0.3), (signal.SIGTERM, 0.3)],
}


@pytest.fixture(autouse=True)
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the runs of a test have their temporary files."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def send(how: Callable[[int, int], None], pid: int, what: signal.Signals, after: float = 0) -> int:
    """Send a signal; its number."""
    time.sleep(after)
    how(pid, what)
    return what


def busy(folder: Path) -> Node:
    """A pipeline of all that is hard to end, then a node that must not run. Every process of it has `folder` in its env."""
    root = Serial(env={"MARK": str(folder)})
    root["all at once"] = Parallel()
    for name, command in COMMANDS.items():
        root["all at once"][name] = Exec(command, suppress_errors=name == "plain")
    root["after"] = Exec("echo here")
    return root


@contextmanager
def running(folder: Path, *words: str) -> Iterator[tuple[Makefile, subprocess.Popen[bytes]]]:
    """The busy pipeline while each command of its first part runs; nothing of it is left afterwards, come what may."""
    with started(folder, busy(folder), len(COMMANDS), *words) as found:
        yield found


@contextmanager
def started(
    folder: Path, root: Node, count: int, *words: str, image: str = IMAGE
) -> Iterator[tuple[Makefile, subprocess.Popen[bytes]]]:
    """A pipeline whose commands have said `here` so often; nothing of it is left afterwards, come what may."""
    made = makefile(folder, root, image)
    process = made.start("-j8", *words)
    try:
        wait_for(lambda: (folder / "said").read_text().count("| here") == count, 60)
        yield made, process
    finally:
        for pid in left(folder):
            end(pid)
        for container in containers(made):
            subprocess.run(["docker", "rm", "-f", container], capture_output=True, check=False)
        process.wait(30)


def end(pid: int) -> None:
    """End a process that a test has left."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def left(folder: Path) -> list[int]:
    """The processes that have `folder` in their environment: make's and the engine's by the makefile, commands by MARK."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                if str(folder).encode() in (process / "environ").read_bytes():
                    found.append(int(process.name))
            except OSError:
                continue
    return found


def check_no_process(folder: Path) -> None:
    """None is left, but for what is ending by itself at this moment."""
    with suppress(AssertionError):
        wait_for(lambda: left(folder) == [], 1)
    found = [Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")[-300:] for pid in left(folder)]
    assert found == []


def containers(made: Makefile) -> list[str]:
    """The containers of a pipeline, stopped ones too."""
    try:
        return list(docker("ps", "-aq", "--filter", f"label=conducto.state={made.state}"))
    except (OSError, subprocess.CalledProcessError):
        return []


def check_nothing_is_left(made: Makefile, *, in_docker: bool) -> None:
    """Of an interrupted run nothing lives, and what it did is told."""
    folder = made.path.parent
    check_no_process(folder)
    if in_docker:
        assert containers(made) == []
    assert not (made.state / "lock").exists()
    assert list((folder / "temp").iterdir()) == []
    assert list((made.state / "live").iterdir()) == []
    assert "after" not in made.ended("done")
    assert made.ended("done") == set()
    said = (folder / "said").read_text()
    assert "interrupted" in said.rpartition("----")[2], said


@pytest.mark.needs("make")
@pytest.mark.parametrize("how", mostly(("SIGINT to the group", "SIGTERM to make", "SIGHUP to the group"), SIGNALS))
def test_on_the_host(how: str, tmp_path: Path) -> None:
    with running(tmp_path, "ENGINE=host") as (made, process):
        assert len(left(tmp_path)) > 2 * len(COMMANDS), "or nothing would be found that is left"
        began = time.monotonic()
        sent = SIGNALS[how](process.pid)[0]
        assert process.wait(30) == -sent
        assert time.monotonic() - began < 15
        check_nothing_is_left(made, in_docker=False)


def interrupt(process: subprocess.Popen[bytes], made: Makefile, how: str) -> None:
    """Send signals while make lives; the lock is not let go while a node is still being stopped."""
    for what, after in MORE[how]:
        time.sleep(after)
        if process.poll() is None:
            send(os.killpg, process.pid, what)
    until = time.monotonic() + 120
    while process.poll() is None:
        assert time.monotonic() < until, "it does not end"
        held = (made.state / "lock").exists()
        assert held or list((made.state / "live").iterdir()) == []
        time.sleep(0.01)


def check_all_is_told(made: Makefile, names: set[str]) -> None:
    """The summary names each node that was running, by the last part of its name, and none says anything after it."""
    told, _, summary = (made.path.parent / "said").read_text().rpartition("\n----\n")
    assert set(re.findall(r"^FAILED \S*?([^/\s]+): interrupted", summary, re.M)) == names
    assert f"\n0 done, {len(names)} failed, 0 not run, interrupted\n" in summary
    assert set(re.findall(r"^\S*?([^/\s]+): FAILED: interrupted", told, re.M)) == names
    assert ": FAILED: " not in summary


@pytest.mark.needs("make")
@pytest.mark.parametrize("how", mostly(("at once", "often", "all kinds"), MORE))
def test_signals_that_come_again_on_the_host(how: str, tmp_path: Path) -> None:
    with running(tmp_path, "ENGINE=host") as (made, process):
        interrupt(process, made, how)
        assert -process.returncode in dict(MORE[how])
        check_nothing_is_left(made, in_docker=False)
        check_all_is_told(made, set(COMMANDS))


@pytest.mark.needs(*DOCKER)
@pytest.mark.parametrize("how", ["often", also("soon"), also("SIGTERM")])
def test_signals_that_come_again_in_docker(how: str, tmp_path: Path) -> None:
    with running(tmp_path) as (made, process):
        interrupt(process, made, how)
        assert -process.returncode in dict(MORE[how])
        check_nothing_is_left(made, in_docker=True)
        check_all_is_told(made, set(COMMANDS))


@pytest.mark.needs("make")
@pytest.mark.parametrize("how", ["soon", also("SIGHUP")])
def test_signals_that_come_again_in_a_group_with_retries(how: str, tmp_path: Path) -> None:
    group = Parallel(retries=2, env={"MARK": str(tmp_path)})
    for name in ("plain", "deaf"):
        group[name] = Exec(COMMANDS[name])
    with started(tmp_path, serial(group=group), 2, "ENGINE=host") as (made, process):
        interrupt(process, made, how)
        assert -process.returncode in dict(MORE[how])
        check_nothing_is_left(made, in_docker=False)
        check_all_is_told(made, {"plain", "deaf"})


@pytest.mark.needs(*DOCKER)
@pytest.mark.parametrize("how", ["SIGINT to the group", also("SIGTERM to make"), also("SIGINT twice")])
def test_in_docker(how: str, tmp_path: Path) -> None:
    with running(tmp_path) as (made, process):
        assert len(containers(made)) == len(COMMANDS), "or nothing would be found that is left"
        sent = SIGNALS[how](process.pid)[0]
        assert process.wait(60) == -sent
        check_nothing_is_left(made, in_docker=True)


@pytest.mark.needs(*DOCKER)
@pytest.mark.parametrize("reuse", [None, also(ContainerReuseContext.NEW)])
def test_docker_does_not_hear_a_terminal(reuse: ContainerReuseContext | None, tmp_path: Path) -> None:
    """It would end with 0, and before the run has heard of the signal: an interrupted node would be done."""
    root = busy(tmp_path)
    root["all at once"].container_reuse_context = reuse
    with started(tmp_path, root, len(COMMANDS)) as (made, process):
        run = int((made.state / "lock/pid").read_text())
        os.kill(run, signal.SIGSTOP)
        send(os.killpg, process.pid, signal.SIGINT)
        time.sleep(1)
        assert made.ended("done") | made.ended("failed") == set()
        os.kill(run, signal.SIGCONT)
        assert process.wait(60) == -signal.SIGINT
        check_nothing_is_left(made, in_docker=True)


@pytest.mark.needs(*DOCKER)
@pytest.mark.parametrize("delay", [0.25, also(0.0), also(0.5)])
def test_while_containers_are_being_made(delay: float, tmp_path: Path) -> None:
    made = makefile(tmp_path, busy(tmp_path))
    process = made.start("-j8")
    try:
        wait_for((made.state / "lock/pid").exists)
        sent = send(os.killpg, process.pid, signal.SIGINT, delay)
        assert process.wait(60) == -sent
        check_no_process(tmp_path)
        assert containers(made) == []
        assert not (made.state / "lock").exists()
    finally:
        for pid in left(tmp_path):
            end(pid)


@pytest.mark.needs("make")
@pytest.mark.parametrize("delay", [0.05, also(0.0), also(0.15)])
def test_while_commands_are_being_started(delay: float, tmp_path: Path) -> None:
    made = makefile(tmp_path, busy(tmp_path))
    process = made.start("-j8", "ENGINE=host")
    try:
        wait_for((made.state / "lock/pid").exists)
        sent = send(os.killpg, process.pid, signal.SIGINT, delay)
        assert process.wait(30) == -sent
        check_no_process(tmp_path)
        assert not (made.state / "lock").exists()
    finally:
        for pid in left(tmp_path):
            end(pid)


@pytest.mark.needs("make")
@pytest.mark.parametrize("program", ["mkdir", "mktemp"])
def test_where_what_prepares_a_run_is_interrupted(program: str, tmp_path: Path) -> None:
    """Then the run may end there, and holds nothing any more."""
    made = makefile(tmp_path, busy(tmp_path))
    (tmp_path / "bin").mkdir()
    stand_in = tmp_path / "bin" / program
    stand_in.write_text(
        f'#!/bin/sh\ncase $* in */log | -d) kill -INT $$ ;; *) exec {shutil.which(program)} "$@" ;; esac\n'
    )
    stand_in.chmod(0o755)
    ran = made.run("ENGINE=host", env={"PATH": f"{stand_in.parent}:{os.environ['PATH']}"})
    assert ran.status == 2
    assert made.state.is_dir()
    assert not (made.state / "lock").exists()


@pytest.mark.needs("make")
def test_where_what_tidies_up_is_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signals reach all programs of the group, also the one that tells those who stop a node that it has ended."""
    stand_in = tmp_path / "bin" / "rm"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\ncase $* in */live/*) sleep 1 ;; esac\nexec {shutil.which("rm")} "$@"\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stand_in.parent}:{os.environ['PATH']}")
    with running(tmp_path, "ENGINE=host") as (made, process):
        send(os.killpg, process.pid, signal.SIGHUP)
        send(os.killpg, process.pid, signal.SIGHUP, 0.6)
        assert process.wait(60) == -signal.SIGHUP
        check_nothing_is_left(made, in_docker=False)
        check_all_is_told(made, set(COMMANDS))


@pytest.mark.needs("make")
def test_stop_after_a_kill_on_the_host(tmp_path: Path) -> None:
    with running(tmp_path, "ENGINE=host") as (made, process):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        assert left(tmp_path) != []
        assert made.run("ENGINE=host", "stop").status == 0
        wait_for(lambda: left(tmp_path) == [])


@pytest.mark.needs(*DOCKER)
def test_stop_after_a_kill_in_docker(tmp_path: Path) -> None:
    with running(tmp_path) as (made, process):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        assert len(containers(made)) == len(COMMANDS)
        assert made.run("stop").status == 0
        assert containers(made) == []
        wait_for(lambda: left(tmp_path) == [])


# --- what else there is to be ended -------------------------------------------------------------------------------------


def serial(**children: Any) -> Node:
    """A Serial; what is neither text nor a node is an attribute of it."""
    root = Serial()
    for name, child in children.items():
        if isinstance(child, (str, Node)):
            root[name] = Exec(child) if isinstance(child, str) else child
        else:
            setattr(root, name, child)
    return root


def slots() -> Node:
    """Many Execs with room for one."""
    root = Parallel(max_concurrent=1)
    for number in range(5):
        root[f"e{number}"] = Exec("echo here; sleep 300")
    return root


#: Each with a command that says `here` and is to run once.
AGAIN: dict[str, Callable[[], Node]] = {
    "an attempt of an Exec": lambda: serial(a=Exec("echo here; sleep 300", retries=5)),
    "an attempt of a group": lambda: serial(
        a=serial(b=serial(c="echo here; sleep 300", retries=2), retries=2), d="echo here"
    ),
    "one with a limit": lambda: serial(a=Exec("echo here; sleep 300", max_time="1h"), max_time="2h"),
    "the end of its time": lambda: serial(
        a=Exec(f"trap 'trap \"\" TERM; echo here' TERM; {DEAF.partition('; ')[2]}", max_time=1, retries=2)
    ),
    "those that wait for a slot": slots,
}


@pytest.mark.needs("make")
@pytest.mark.parametrize("how", ["SIGINT to the group", also("SIGTERM to make")])
@pytest.mark.parametrize("what", AGAIN)
def test_what_is_tried_again_waits_or_is_timed(what: str, how: str, tmp_path: Path) -> None:
    root = serial(all_of_it=AGAIN[what](), after="echo here")
    root.env["MARK"] = str(tmp_path)
    with started(tmp_path, root, 1, "ENGINE=host") as (made, process):
        sent = SIGNALS[how](process.pid)[0]
        assert process.wait(30) == -sent
        wait_for(lambda: left(tmp_path) == [], 3)
        check_nothing_is_left(made, in_docker=False)
        assert (tmp_path / "said").read_text().count("| here") == 1


@pytest.mark.needs(*DOCKER)
@pytest.mark.parametrize("how", ["SIGINT to the group", also("SIGTERM to make"), also("SIGINT twice")])
def test_a_shared_container(how: str, tmp_path: Path) -> None:
    root = busy(tmp_path)
    root["all at once"].container_reuse_context = ContainerReuseContext.NEW
    with started(tmp_path, root, len(COMMANDS)) as (made, process):
        assert len(containers(made)) == 1, "or nothing would be found that is left"
        sent = SIGNALS[how](process.pid)[0]
        assert process.wait(60) == -sent
        check_nothing_is_left(made, in_docker=True)


@pytest.mark.needs(*DOCKER)
@pytest.mark.parametrize("how", ["SIGINT to the group", also("SIGTERM to make")])
def test_an_image_that_is_being_built(how: str, tmp_path: Path) -> None:
    text = f"FROM {IMAGE}\nRUN echo here for {tmp_path}\nRUN sleep 300; echo for {tmp_path}\n"
    image = Image(dockerfile_text=text)
    root = serial(a=Exec("true", image=image, retries=2), b=Exec("true", image=image))
    made = makefile(tmp_path, root)
    process = made.start("-j8")
    try:
        wait_for(lambda: f"sleep 300; echo for {tmp_path}" in "".join(docker("ps", "--no-trunc")), 60)
        sent = SIGNALS[how](process.pid)[0]
        assert process.wait(60) == -sent
        check_nothing_is_left(made, in_docker=True)
        wait_for(lambda: str(tmp_path) not in "".join(docker("ps", "-a", "--no-trunc")), 15)
    finally:
        for pid in left(tmp_path):
            end(pid)


@pytest.mark.needs("make")
def test_a_clone_from_where_nobody_answers(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x.git"
        made = makefile(tmp_path, serial(a=Exec("true", image=Image(copy_url=url, copy_branch="main"))), "")
        process = made.start()
        try:
            server.settimeout(30)
            with server.accept()[0]:
                sent = SIGNALS["SIGINT to the group"](process.pid)[0]
                assert process.wait(30) == -sent
                check_nothing_is_left(made, in_docker=False)
        finally:
            for pid in left(tmp_path):
                end(pid)


@pytest.mark.needs(*DOCKER)
def test_stop_after_a_kill_of_what_is_shared_and_built(tmp_path: Path) -> None:
    root = busy(tmp_path)
    root["all at once"].container_reuse_context = ContainerReuseContext.NEW
    with started(tmp_path, root, len(COMMANDS)) as (made, process):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        assert len(containers(made)) == 1
        assert made.run("stop").status == 0
        assert containers(made) == []
        wait_for(lambda: left(tmp_path) == [])
