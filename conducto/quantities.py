"""cpu and mem as the targets count them; a GB here is 1024 * 1024 * 1024 bytes, as docker's `g` and the original's."""

from __future__ import annotations

import math

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
