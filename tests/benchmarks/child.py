"""One measurement in a process of its own: `TOOL SHAPE EXECS`, the figures as JSON on stdout. Started by measure.py, in the
interpreter that has the tool; the clock runs after its imports.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from typing import Any

from tests.benchmarks import calls, tools, wires
from tests.benchmarks.shapes import SHAPES


def once(tool: str, shape: str, execs: int) -> dict[str, Any]:
    """The nodes, and for each step at its end: CPU seconds since the start, bytes held, and the most bytes that there were."""
    run = tools.TOOLS[tool]()
    gc.collect()
    before = resident()
    found: dict[str, Any] = {}
    begun = time.process_time()

    def done(step: str, kept: Any) -> None:
        found[step] = [round(time.process_time() - begun, 6), resident() - before, most() - before]

    run(SHAPES[shape](execs), done)
    return {"nodes": sum(1 for _ in SHAPES[shape](execs)), **found}


def resident() -> int:
    """The bytes that this process has in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def most() -> int:
    """The most that it ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def commands(tool: str, shape: str, execs: int) -> list[str]:
    """The commands that are in what a tool makes, sorted."""
    return sorted(tools.TOOLS[tool]()(SHAPES[shape](execs), lambda step, kept: None))


def main(what: str, *words: str) -> None:
    """Print one measurement, and leave without tearing down what was made."""
    if what == "once":
        found: Any = once(words[0], words[1], int(words[2]))
    elif what == "commands":
        found = commands(words[0], words[1], int(words[2]))
    elif what == "calls":
        found = calls.microseconds(int(words[0]))
    elif what == "wire":
        found = wires.once(words[0], words[1], int(words[2]))
    else:
        raise ValueError(what)
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)
