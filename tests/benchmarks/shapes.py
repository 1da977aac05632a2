"""The trees that are measured: the same rows for every tool, parents before children."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Row(NamedTuple):
    """One node: the number of its parent's row (-1 for the root), its kind, its name, and an Exec's command ("" of a group)."""

    parent: int
    kind: str
    name: str
    command: str = ""


def wide(execs: int) -> Iterator[Row]:
    """One Parallel of so many Execs."""
    yield Row(-1, "parallel", "")
    for number in range(execs):
        yield Row(0, "exec", f"t{number}", f"echo run test {number}")


def noisy(execs: int) -> Iterator[Row]:
    """WIDE, with 40 random hex digits in each command: what nothing compresses."""
    source = random.Random(1)
    for row in wide(execs):
        yield row if row.kind != "exec" else row._replace(command=f"{row.command} {source.getrandbits(160):040x}")


def deep(execs: int) -> Iterator[Row]:
    """A Serial of about as many Parallels as each of them has Execs."""
    yield Row(-1, "serial", "")
    breadth = max(1, math.isqrt(execs))
    group = 0
    for number in range(execs):
        if number % breadth == 0:
            group = number + number // breadth + 1
            yield Row(0, "parallel", f"g{number // breadth}")
        yield Row(group, "exec", f"t{number}", f"echo run test {number}")


def nested(execs: int) -> Iterator[Row]:
    """Balanced: ten below each group, the levels Parallel and Serial in turn."""
    levels = max(1, math.ceil(math.log10(execs) - 1e-9))
    above = [0] * (levels + 1)
    yield Row(-1, "parallel", "")
    count = 1
    for number in range(execs):
        for level in range(1, levels):
            if number % 10 ** (levels - level) == 0:
                above[level], count = count, count + 1
                name = f"g{number // 10 ** (levels - level) % 10}"
                yield Row(above[level - 1], "serial" if level % 2 else "parallel", name)
        yield Row(above[levels - 1], "exec", f"t{number}", f"echo run test {number}")
        count += 1


def chain(execs: int) -> Iterator[Row]:
    """A Serial in a Serial, and so on: each holds an Exec, and but for the last the next Serial."""
    for number in range(execs):
        yield Row(2 * number - 2 if number else -1, "serial", "n" if number else "")
        yield Row(2 * number, "exec", f"t{number}", f"echo run test {number}")


SHAPES: dict[str, Callable[[int], Iterator[Row]]] = {
    "WIDE": wide,
    "DEEP": deep,
    "NESTED": nested,
    "CHAIN": chain,
    "NOISY": noisy,
}
