"""Which docker the tests run: the client of this machine, by .ci/images/docker."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

WRAPPER = Path(__file__).parents[1] / ".ci" / "images"


def on_host_network(env: Mapping[str, str]) -> dict[str, str]:
    """An environment in which containers have this machine's network unless another is chosen.

    One of their own is half of the time that a small container takes.
    """
    client = shutil.which("docker", path=env.get("PATH"))
    if client is None or "DOCKER_CLIENT" in env:
        return dict(env)
    return {**env, "DOCKER_CLIENT": client, "PATH": f"{WRAPPER}{os.pathsep}{env['PATH']}"}
