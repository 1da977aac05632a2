"""Printing and compiling ask nobody: no network, no program, and a remote that is dead is nothing to them. Nor do they need git,
which is asked one thing alone, where it is there: whether it ignores the runtime file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import built, command, examples, stand_in
from tests.command import CONDUCTO, Ended
from tests.examples import EXAMPLES, GOLDEN
from tests.machine import Machine
from tests.plugin_thorough import also

#: Ends a Python that looks for a name, connects, or starts a program: what is tried in vain would else be seen by nobody.
WATCH = """
import os, sys

def watch(event, arguments):
    if event == "subprocess.Popen" and arguments[1][:1] == ["git"] and "check-ignore" in arguments[1]:
        return  # told of where git answers, and of no matter where it does not: here is none
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "os.fork", "os.spawn", "urllib.")):
        os.write(2, f"asked: {event}\\n".encode())
        os._exit(99)

sys.addaudithook(watch)
"""
#: Of a repository whose origin, and another, nobody serves.
CLONES = """
import conducto as co
from work import told

URL = "git://127.0.0.1:9/x.git"
root = co.Parallel()
root["cloned"] = co.Exec(told, 1, params=co.Params(image=co.Image("i", copy_url=URL, copy_branch="main")))
root["https"] = co.Exec("true", image=co.Image("i", copy_url="https://nowhere.invalid/x.git", copy_branch="main"))
root["copied"] = co.Exec(told, 1, params=co.Params(image=co.Image("i", copy_repo=True)))
"""

Alone = Callable[..., Ended]
pytestmark = pytest.mark.needs("network-namespace")


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Where files are put."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def alone(machine: Machine, tmp_path: Path, scratch: Path) -> Alone:
    """`conducto WORDS` without a network, a PATH or another program."""
    watch = tmp_path / "watch"
    watch.mkdir()
    (watch / "sitecustomize.py").write_text(WATCH)
    env = {"PATH": "/nonexistent", "PYTHONPATH": str(watch), "HOME": "/nonexistent"}

    def run(*words: str) -> Ended:
        return command.run(scratch, machine.path("unshare"), "-n", str(CONDUCTO), *words, env=env)

    return run


def tracked(folder: Path) -> None:
    """Make it a repository of these files, as far as conducto looks at that; its origin is dead."""
    stand_in.put(command.tracked(folder))
    (folder / ".git/config").write_text('[remote "origin"]\n\turl = git://127.0.0.1:9/dead.git\n')


def test_who_asks_is_found_out(alone: Alone, scratch: Path) -> None:
    for ask in ("subprocess.run(['true'])", "socket.create_connection(('127.0.0.1', 9))", "os.system('true')"):
        command.write(scratch, pipeline=f"import os, socket, subprocess\n{ask}\n")
        assert alone("pipeline.py").status == 99


#: That the others ask nobody is seen by test_identical.py, too.
SOME = {"attributes", "built-images", "ci"}


@pytest.mark.parametrize("example", [name if name in SOME else also(name) for name in EXAMPLES])
def test_every_golden(example: str, alone: Alone, scratch: Path) -> None:
    examples.write(example, scratch)
    tracked(scratch)
    wanted = ",".join(examples.targets_of(GOLDEN / example / "pipeline.py"))
    assert alone("pipeline.py") == (0, (GOLDEN / example / "tree.txt").read_text(), "")
    compiled = alone("compile", "-t", wanted, "pipeline.py")
    assert compiled.status == 0, compiled.err
    for path in (file for target in built.OURS for file in GOLDEN.glob(f"{example}/{target}/*")):
        (made,) = [found for found in scratch.rglob(path.name) if ".git" not in found.parts]
        assert made.read_bytes() == path.read_bytes()
    assert alone("compile", "-t", wanted, "--check", "pipeline.py").status == 0


def test_code_of_repositories_that_are_dead(alone: Alone, scratch: Path) -> None:
    command.write(scratch, pipeline=CLONES, work="def told(n: int):\n    print(n)\n")
    tracked(scratch)
    told = "conducto work.py told --n=1"
    assert alone("pipeline.py") == (0, f"/\n├─ cloned   {told}\n├─ https   true\n└─ copied   {told}\n", "")
    compiled = alone("compile", "-t", "argo,github,make", "pipeline.py")
    assert compiled.status == 0, compiled.err
