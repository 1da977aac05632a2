"""/conducto/data of this machine, for tests of nodes without a container: one test at a time has it, in whatever process."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path("/conducto/data")


@contextmanager
def of_this_machine(there: bool = True) -> Iterator[Path]:
    """The folder, empty, or (not `there`) its absence; as it was before when the test has ended."""
    with Path(tempfile.gettempdir(), "conducto-data-of-tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = FOLDER.with_name(".kept-by-tests")
        above = FOLDER.parent.exists()
        if FOLDER.exists():
            FOLDER.rename(kept)
        if there:
            FOLDER.mkdir(parents=True)
        try:
            yield FOLDER
        finally:
            shutil.rmtree(FOLDER, ignore_errors=True)
            if kept.exists():
                kept.rename(FOLDER)
            elif not above and FOLDER.parent.exists():
                FOLDER.parent.rmdir()


@contextmanager
def for_engine(engine: str) -> Iterator[None]:
    """What runs of an engine need of this machine; on the host they leave nothing in the folder."""
    if engine == "docker":
        yield
        return
    with of_this_machine() as folder:
        yield
        assert list(folder.iterdir()) == [], "the run has left something"
