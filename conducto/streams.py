"""The standard streams at the start and at the end of the program."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


def open_streams() -> None:
    """The standard streams where the program was started without some of them (`>&-`): what is said then is lost, output that
    is written is an error, and no file that is opened gets the number of a stream.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            # Of what cannot be written to, the writer is told.
            opened = os.open(os.devnull, os.O_RDONLY if name == "stdout" else os.O_RDWR)
            setattr(sys, name, os.fdopen(opened, "w" if number else "r", encoding="utf-8", errors="backslashreplace"))


def silence(*streams: TextIO) -> None:
    """Let Python find no place at its end where writing what is left would fail."""
    for stream in streams:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def reader_gone() -> int:
    """The exit status where nobody reads our output any more (`| head`), made so that Python says nothing at its end."""
    silence(sys.stdout)
    return 141  # as a shell has it for SIGPIPE
