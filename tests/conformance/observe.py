"""What a run shows: the commands that print it, and how their lines are read back."""

from __future__ import annotations

import os
import re
import shlex
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .look import Sight, parsed

# Bodies between the two lines. A command that survives its own kill -9 prints an end, and is caught by it.
_BODIES: Mapping[str, str] = {
    "kill": "kill -9 $$",
    # One that holds the command's output open, one that does not; the variable is how `survivors` knows them.
    "background": "{ left=%s sleep 1000 & }; { left=%s sleep 1000 </dev/null >/dev/null 2>&1 & }",
    "reads": '[ "$(cat | wc -c)" -eq 0 ] || exit 9',
    # Longer than any limit that ends it and the 30 s that this may take; shorter than any limit that is not to end it.
    "sleeps": "left=%s sleep 60",
}
_STATUS: Mapping[str, int] = {"fail": 1, "exit126": 126, "exit127": 127, "exit255": 255}
BEHAVIOURS = ("ok", "fail", "kill", "exit126", "exit127", "exit255", "background", "reads")
#: Only where attributes make something of them: a limit ends the first, the others fail as often as they say, then no more.
FLAKY: Mapping[str, int] = {"flaky1": 1, "flaky2": 2}
WITH_ATTRIBUTES = ("sleeps", *FLAKY)
#: Only of what generates, which comes to its last line and yet prints nothing that can be taken: no pipeline, two, one cut short,
#: an Exec alone; or it raises, or ends with another exit status when the pipeline is printed.
UNTAKEN = ("nothing", "two", "cut", "leaf", "raises", "late")

_LINE = re.compile(r"@@(start|end|saw) ([0-9a-f]{16})(?: ([0-9.]+))?(?: \[([^]\s]*)\])?(?=\s|$)")


@dataclass(frozen=True)
class Refusal:
    """One error of the compiler."""

    code: str
    node: str
    message: str


@dataclass(frozen=True)
class Run:
    """What one run of a tree showed."""

    events: tuple[tuple[str, str], ...]  # ("start" | "end", path), in the order they happened
    status: str  # "done" (exit status 0) or "failed"
    left: tuple[str, ...] = ()  # execs of which a process outlived the run
    saw: tuple[tuple[str, Sight], ...] = ()  # path and what its command saw, in the order they happened: see look.py
    refused: tuple[Refusal, ...] = ()  # it did not run: the compiler says that its target cannot say this
    error: str = ""  # why there is no observation at all: the runner's own trouble, never a finding
    source: str = ""  # the pipeline file that was compiled
    said: str = ""  # what the target printed


@dataclass(frozen=True)
class Seen:
    """One line that a command printed."""

    event: str  # "start" or "end", or "saw"
    token: str  # sixteen hex digits
    time: int | None  # only comparable with others of the same run
    word: str = ""  # what was seen


def command(
    behaviour: str,
    token: str,
    *,
    delay: float = 0,
    extra: str = "",
    sink: str = "",
    clock: bool = False,
    looks: str = "",
    count: str = "",
) -> str:
    """Shell text (bash, dash, busybox sh) that prints `@@start TOKEN`, behaves, and prints `@@end TOKEN`.

    `delay`: seconds to sleep in between; `extra`: more text to run in between; `sink`: a file that gets the lines too;
    `clock`: the lines carry a time. `looks`: text that puts what it sees into `$s`, for a line between the two. `count`: text
    that puts into `$n` how often it ran by now, for a behaviour that asks. Without a token nothing is printed.
    The lines never stand in the text itself, so that a target that echoes its commands shows no event.
    """
    if behaviour not in (*BEHAVIOURS, *WITH_ATTRIBUTES):
        raise ValueError(f"unknown behaviour {behaviour!r}")
    say = _printer(token, sink, clock) if token else _Printer("", "", "", "")
    parts = [say.before, say.start]
    parts += [f"{looks}\n{say.saw}" if looks and token else "", f"sleep {delay:g}" if delay else "", extra]
    parts += [count if behaviour in FLAKY else ""]
    parts += [_BODIES.get(behaviour, "").replace("%s", token), say.end]
    parts += [f"exit {_STATUS[behaviour]}" if behaviour in _STATUS else ""]
    parts += [f'[ "$n" -gt {FLAKY[behaviour]} ]' if behaviour in FLAKY else ""]
    return "; ".join(part for part in parts if part)


@dataclass(frozen=True)
class _Printer:
    before: str
    start: str
    end: str
    saw: str


def _printer(token: str, sink: str, clock: bool) -> _Printer:
    """The shell text that prints the lines; the third has what is in `$s`."""
    if not sink and not clock:
        start, end = (rf"printf '@@%s %s\n' {event} {token}" for event in ("start", "end"))
        return _Printer("", start, end, rf'''printf '@@%s %s [%s]\n' saw {token} "$s"''')
    # busybox may know no %N; the kernel's uptime is one clock for all containers of a machine.
    now = "t=$(date +%s%N); case $t in *[!0-9]*) read -r t _ </proc/uptime;; esac; " if clock else ""
    shown = f'"{token} $t"' if clock else token
    line = rf'''printf '@@%s %s%s\n' "$1" {shown} "${{2:+ [$2]}}"'''
    also = f"; {line} >>{shlex.quote(sink)}" if sink else ""
    return _Printer(f"say() {{ {now}{line}{also}; }}", "say start", "say end", 'say saw "$s"')


def read(text: str) -> list[Seen]:
    """The lines that commands printed, wherever they stand in a target's output, in its order."""
    return [
        Seen(found[1], found[2], int(found[3].replace(".", "")) if found[3] else None, found[4] or "")
        for found in _LINE.finditer(text)
    ]


def merged(logs: Iterable[str]) -> list[Seen]:
    """The lines of several logs by their times (commands made with `clock=True`); ValueError where one has no time."""
    lines = [line for log in logs for line in read(log)]
    if any(line.time is None for line in lines):
        raise ValueError("a line without a time in one of several logs")
    return sorted(lines, key=lambda line: line.time or 0)


def events(lines: Iterable[Seen], tokens: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The lines as events of a run, `tokens` mapping each token of it to a path; ValueError for any other token."""
    return tuple((line.event, _known(line.token, tokens)) for line in lines if line.event != "saw")


def sights(lines: Iterable[Seen], tokens: Mapping[str, str]) -> tuple[tuple[str, Sight], ...]:
    """What each command saw, with its path; whose files it saw is told by paths, too. ValueError for any other token."""
    found = []
    for line in lines:
        if line.event == "saw":
            sight = parsed(line.word)
            files = None if sight.files is None else tuple(_known(token, tokens) for token in sight.files)
            found.append((_known(line.token, tokens), replace(sight, files=files)))
    return tuple(found)


def _known(token: str, tokens: Mapping[str, str]) -> str:
    if token not in tokens:
        raise ValueError(f"output of another run: token {token}")
    return tokens[token]


def survivors(tokens: Mapping[str, str], patience: float = 5.0) -> tuple[str, ...]:
    """The paths of which a background process lives on this machine still, its end awaited for `patience` seconds.

    Reads `/proc`: other users' processes are seen by root alone.
    """
    until = time.monotonic() + patience
    while True:
        marks = b"\0".join(_environments())
        alive = tuple(sorted({path for token, path in tokens.items() if f"left={token}".encode() in marks}))
        if not alive or time.monotonic() > until:
            return alive
        time.sleep(0.1)


def _environments() -> list[bytes]:
    """The environments of all processes that may be read."""
    found = []
    # No glob: it falls over a process that ends while it looks.
    for process in os.listdir("/proc"):
        try:
            found.append(Path("/proc", process, "environ").read_bytes())
        except OSError:
            continue  # ended meanwhile, or another user's
    return found
