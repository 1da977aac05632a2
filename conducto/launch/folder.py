"""Where a launched pipeline is: a folder of its own, apart from what is committed, and who is at work in it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import time
from collections.abc import Iterator
from typing import NamedTuple

from ..compile import Pipeline
from ..diagnostics import ConductoError, Diagnostic
from ..naming import FILE, mangle
from ..repository import Repository
from ..source import shown_path
from ..text import shell_word

#: From the repository's root; without one, from the source's folder.
HOME = ".conducto/local"
#: What the words of a process hold that runs a pipeline: as `alive` of templates/make/engine.sh has it.
_ENGINE = b"# conducto: how a node is run"
_NOT_OURS = "*\n"


class Folder(NamedTuple):
    """The folder of one launched pipeline; `path` is absolute."""

    path: str

    @property
    def makefile(self) -> str:
        return os.path.join(self.path, "pipeline.mk")

    @property
    def state(self) -> str:
        """What make keeps of the run: as the makefile says."""
        return os.path.join(self.path, "state")

    @property
    def output(self) -> str:
        """What a run that goes on by itself prints."""
        return os.path.join(self.path, "output.log")

    @property
    def record(self) -> str:
        """How it was launched, and that the folder is ours."""
        return os.path.join(self.path, "launch.json")


def home(repository: Repository) -> str:
    """The folder of all that is launched in a repository."""
    return repository.absolute(HOME)


def of(pipeline: Pipeline) -> Folder:
    """The folder of a pipeline: by its name, and the title of its root, which tells runs of it apart."""
    title = pipeline.root.title
    name = pipeline.origin.name
    return Folder(os.path.join(home(pipeline.repository), mangle(f"{name}/{title}" if title else name, FILE)))


def make_home(path: str) -> None:
    """Make the folder of all that is launched: git sees nothing of it."""
    os.makedirs(path, exist_ok=True)
    ignore = os.path.join(path, ".gitignore")
    if not os.path.exists(ignore):
        with open(ignore, "w", encoding="utf-8") as file:
            file.write(_NOT_OURS)


@contextlib.contextmanager
def held(folder: Folder, wait: bool = True) -> Iterator[bool]:
    """The folder for this process alone, as long as the block runs; it is made where it is not there.

    Without `wait`, False where another process has it.
    """
    handle = _locked(folder, wait)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def _locked(folder: Folder, wait: bool) -> int | None:
    """The open folder, locked; None where another process has it and this shall not `wait`."""
    while True:
        os.makedirs(folder.path, exist_ok=True)
        handle = os.open(folder.path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(handle)
            return None
        if _is_there(handle, folder.path):
            return handle
        os.close(handle)  # who had it before has deleted it


def _is_there(handle: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path))
    except FileNotFoundError:
        return False


# --- whether it runs ----------------------------------------------------------------------------------------------------


def runner(folder: Folder) -> int | None:
    """The process that runs the pipeline, as make's own lock tells; None where it is not being run."""
    lock = os.path.join(folder.state, "lock")
    for _ in range(5):
        if not os.path.isdir(lock):
            return None
        pid = _pid(os.path.join(lock, "pid"))
        if pid is not None:
            return pid if _alive(pid) else None
        time.sleep(0.05)  # it has just been made
    return None


def refuse_running(folder: Folder) -> None:
    """Raise ConductoError (C432) where the pipeline is being run."""
    pid = runner(folder)
    if pid is not None:
        message = f"this pipeline is being run already, by process {pid} (its state is {shown_path(folder.state)})"
        stop = f"make -f {shell_word(shown_path(folder.makefile))} stop"
        help = f"wait for it, stop it (`{stop}`), or give the root another `title`, which has a place of its own"
        raise ConductoError(Diagnostic("C432", message, help=help))


def _pid(path: str) -> int | None:
    try:
        with open(path, encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        return None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        found = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, check=False)
    except OSError:
        return True
    return found.returncode != 0 or _ENGINE in found.stdout
