"""By what a launched pipeline is run: which make, and in containers or on this host."""

from __future__ import annotations

import shutil
import subprocess
from typing import NamedTuple

from ..diagnostics import ConductoError, Diagnostic
from ..ir.plan import Plan
from .options import Options

#: Seconds until an engine that says nothing counts as one that does not answer.
_PATIENCE = 30
_CHOSEN = "has an image of its own, which a run on the host would not give it"


class Engine(NamedTuple):
    """An engine of the makefile ("" for what it has by itself), and why it was taken, for people."""

    name: str
    why: str


def choose(plan: Plan, options: Options) -> Engine:
    """The engine that was asked for; else docker, where it answers or there is nothing but to wait for it; else the host.

    Raises ConductoError (C433) where the run could not begin: an Exec needs its image, and it has none on the host, or docker
    does not answer.
    """
    chosen = next((number for number in plan.leaves() if plan.rows[number].needs_container), None)
    if options.engine == "host":
        if chosen is not None:
            raise _no_image(plan, chosen)
        return Engine("host", "as asked for")
    if not any(row.image is not None and row.image.is_container for row in map(plan.rows.__getitem__, plan.leaves())):
        return Engine("", "no Exec has an image, so all run on this host")
    silence = _silence()
    if silence is None:
        return Engine("docker", "as asked for" if options.engine else "docker answers")
    if options.engine is None and chosen is None:
        return Engine("host", silence)
    if options.run:
        raise _no_docker(plan, chosen, silence)
    return Engine("docker", f"{silence}, so it cannot be started now")


def _silence() -> str | None:
    """Why docker cannot be had here; None where it can."""
    try:
        found = subprocess.run(
            ["docker", "version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except OSError:
        return "there is no docker here"
    except subprocess.TimeoutExpired:
        return f"docker does not answer within {_PATIENCE} seconds"
    if found.returncode == 0:
        return None
    said = found.stderr.decode(errors="replace").strip().split("\n")[0]
    return f"docker does not answer ({said})" if said else "docker does not answer"


def _no_image(plan: Plan, number: int) -> ConductoError:
    """The host was asked for, and a node needs its image."""
    help = "leave `--engine=host` out; or make it ready by `--no-run`, and start it with `HOST_IMAGES=ignore`"
    return _about(plan, number, f"this node {_CHOSEN}", help)


def _no_docker(plan: Plan, number: int | None, silence: str) -> ConductoError:
    if number is None:
        message = f"{silence}, and docker was asked for"
        return ConductoError(Diagnostic("C433", message, help="start docker, or leave `--engine=docker` out"))
    return _about(plan, number, f"{silence}, and this node {_CHOSEN}", "start docker")


def _about(plan: Plan, number: int, message: str, help: str) -> ConductoError:
    row = plan.rows[number]
    location = row.site.location() if row.site is not None else None
    note = f"the image is {row.image.shown}" if row.image is not None else ""
    return ConductoError(Diagnostic("C433", message, plan.path(number), location, (note,) if note else (), help))


def make() -> str:
    """The command that is GNU make. Raises ConductoError (C434) where there is none."""
    for name in ("make", "gmake"):
        path = shutil.which(name)
        if path is not None and _is_gnu(path):
            return name
    message = "a pipeline is run by GNU make, and there is none on PATH"
    raise ConductoError(Diagnostic("C434", message, help="install make"))


def _is_gnu(path: str) -> bool:
    try:
        found = subprocess.run(
            [path, "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"GNU Make" in found.stdout
