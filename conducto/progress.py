"""One line on a terminal for what takes more than two seconds: which step it is at, and for how long already."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from typing import Any, Iterator, Optional

#: Seconds until the first is said, and from one to the next.
AFTER, EVERY = 2.0, 0.5
_CLEAR = b"\r\x1b[K"

_shown: "Optional[_Line]" = None


class _Line:
    def __init__(self, what: str) -> None:
        self.what = what
        self.step = ""
        self.begun = time.monotonic()

    def show(self, *_: Any) -> None:
        """Called by a signal, so that no pass need know of it; past sys.stderr, which may just be writing."""
        text = f"{self.what}: {self.step}, {time.monotonic() - self.begun:.0f} s"
        columns = os.get_terminal_size(sys.stderr.fileno()).columns or 80
        _write(_CLEAR + text.encode()[: columns - 1])


def _write(data: bytes) -> None:
    with contextlib.suppress(OSError):  # a terminal that is gone is no matter of ours
        os.write(sys.stderr.fileno(), data)


@contextlib.contextmanager
def of(what: str) -> Iterator[None]:
    """Show `what`, the step and the seconds as long as the block runs, then clear the line; nothing where stderr is no
    terminal. No code of a user's may run in it, which may have a use of its own for SIGALRM.
    """
    global _shown
    if not _can_be_shown():
        yield
        return
    _shown = line = _Line(what)
    before = signal.signal(signal.SIGALRM, line.show)
    signal.setitimer(signal.ITIMER_REAL, AFTER, EVERY)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        _shown = None
        if time.monotonic() - line.begun >= AFTER:
            _write(_CLEAR)


def _can_be_shown() -> bool:
    terminal = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    return terminal and hasattr(signal, "SIGALRM") and threading.current_thread() is threading.main_thread()


def step(name: str) -> None:
    """What is being done from now on."""
    if _shown is not None:
        _shown.step = name
