"""cpu, mem and times as the targets count them; a GB here is 1024 * 1024 * 1024 bytes, as docker's `g` and the original's."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from fractions import Fraction

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
#: A number for each unit, the larger units first, as in `1h30m`.
_DURATION = "".join(rf"(?:([0-9]+(?:\.[0-9]+)?){unit})?" for unit in _UNITS)
#: Far more than any duration needs, and few enough digits for Python to read.
_MOST_CHARACTERS = 100


def seconds(text: str) -> "Optional[Fraction]":
    """The seconds that `90s`, `5m`, `1.5h`, `2d` or a sum such as `1h30m` stand for, exactly; None for another text."""
    found = re.fullmatch(_DURATION, text)
    if found is None or not text or len(text) > _MOST_CHARACTERS:
        return None
    from fractions import Fraction

    parts = zip(found.groups(), _UNITS.values())
    return sum((Fraction(number) * unit for number, unit in parts if number is not None), Fraction(0))


#: What docker takes for --memory at least, in MiB.
DOCKER_LEAST_MEMORY = 6


def mebibytes(mem: float) -> int:
    """`mem` (GB) in whole MiB, rounded up."""
    return math.ceil(mem * 1024)


def millicores(cpu: float) -> int:
    """`cpu` (cores) in thousandths, rounded up."""
    return math.ceil(cpu * 1000)


def cpu_shares(cpu: float) -> int:
    """`cpu` (cores) as docker's --cpu-shares: 1024 a core, at least the 2 that the kernel takes, at most its 262,144."""
    return min(max(2, round(cpu * 1024)), 262_144)
