"""The make that runs a launched pipeline: shown here and waited for, or by itself; and how it ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import IO, NamedTuple

from .folder import Folder, runner

#: What ends a program from outside.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
#: What a make above this process would have its own say; the one that is started here is nobody's.
_OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MAKE_TERMOUT", "MAKE_TERMERR")
#: Seconds that a make is given to take the lock of its run; after that it counts as begun.
_LONGEST_START = 60
#: Seconds until make is told of a Ctrl-C by us, too, where the terminal must have told it.
_TERMINAL_FIRST = 3
#: Seconds that what tidies up behind an interrupted make is waited for.
_TIDY = 30


class Ended(NamedTuple):
    """The exit status that a launch ends with, and the signal that came, to be handed on; None for none."""

    status: int
    signal: int | None = None


class Run:
    """One make, from its start to its end."""

    def __init__(self, folder: Folder, words: Sequence[str]) -> None:
        self.folder = folder
        self.words = words
        self.before: tuple[int, int] | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.came: int | None = None
        #: Whether no terminal of this process tells make of a signal.
        self.apart = False

    def _mark(self) -> tuple[int, int] | None:
        """What tells one run of the state from the next: each makes this folder anew."""
        try:
            found = os.stat(os.path.join(self.folder.state, "done"))
        except OSError:
            return None
        return found.st_ino, found.st_ctime_ns

    @property
    def begun(self) -> bool:
        """Whether the run has come so far that it has a state."""
        return self._mark() != self.before

    def start(self, output: IO[bytes] | None = None) -> None:
        """Start it, and return when the run has begun, or has ended before. With `output` it has a session of its own, so that
        it outlives this process and its terminal.
        """
        sys.stdout.flush()
        sys.stderr.flush()
        self.apart = output is not None
        self.before = self._mark()
        self.process = subprocess.Popen(
            self.words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
            env=_environment(),
            start_new_session=self.apart,
        )
        if self.came is not None:
            self.process.terminate()
        end = time.monotonic() + _LONGEST_START
        while self.process.poll() is None and not self.begun and time.monotonic() < end:
            time.sleep(0.02)

    # --- shown here -----------------------------------------------------------------------------------------------------

    def wait(self) -> Ended:
        """How it ended: 0 done, 1 the root failed, 2 it could not begin, 130 interrupted."""
        assert self.process is not None
        status = self.process.wait()
        if self.came is not None or -status in _SIGNALS:
            self._await_tidy()
            return Ended(130, self.came)
        if status == 0:
            return Ended(0)
        return Ended(1 if self.begun else 2)

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """A signal ends make, which ends what it runs; this process waits for it. Only a main thread can be told of one."""
        before = {}
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    before[number] = signal.signal(number, self._interrupted)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        """Hand a signal on. A terminal sends its own to make as well, and make must not be told twice at once."""
        self.came = number
        if self.process is None:
            return
        if number in (signal.SIGINT, signal.SIGQUIT) and not self.apart and _in_foreground():
            later = threading.Timer(_TERMINAL_FIRST, self.process.terminate)
            later.daemon = True
            later.start()
        else:
            self.process.terminate()

    def _await_tidy(self) -> None:
        """Until what make had started has tidied up, should make itself have been ended before."""
        end = time.monotonic() + _TIDY
        while runner(self.folder) is not None and time.monotonic() < end:
            time.sleep(0.05)

    # --- by itself ------------------------------------------------------------------------------------------------------

    def let_go(self) -> int | None:
        """The process of a run that goes on by itself; 0 where it has ended by now, None where it could not begin."""
        assert self.process is not None
        status = self.process.poll()
        if status is not None:
            return 0 if status == 0 or self.begun else None
        threading.Thread(target=self.process.wait, daemon=True).start()  # or it would stay a zombie of this process
        return runner(self.folder) or self.process.pid


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in _OF_MAKE}


def _in_foreground() -> bool:
    """Whether a terminal sends its signals to this process's group."""
    try:
        with open("/dev/tty", "rb", buffering=0) as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False
