"""An Exec as data: what its recipe says of its container and its command."""

from __future__ import annotations

from typing import Any, Dict, List

from conducto.ir.plan import Plan
from conducto.ir.tree import Row
from conducto.quantities import cpu_shares, mebibytes

from .make_images import Images


def document(plan: Plan, images: Images, number: int, around: Dict[str, Any]) -> Dict[str, Any]:
    """What the recipe of an Exec says; `around` is what it must be told of the nodes around it."""
    row = plan.rows[number]
    found: Dict[str, Any] = {**_image(row, images), **around}
    flags = _flags(row)
    if flags:
        found["flags"] = flags
    if row.requires_docker:
        found["docker"] = True
    if row.data:
        found["data"] = True
    if row.lazy:
        found["generate"] = True
    if row.docker_run_args:
        found["run"] = list(row.docker_run_args)
    if row.max_time is not None:
        found["max_time"] = row.max_time
    if row.retries:
        found["retries"] = row.retries
    if row.secrets:
        found["secrets"] = dict(row.secrets)
    if row.texts:
        found["env"] = dict(row.texts)
    return {**found, "command": row.script}


def _image(row: Row, images: Images) -> Dict[str, Any]:
    """`image` is a name for docker, `code` the same of one that is the default image with something of ours in it."""
    if row.image is None:
        return {}
    found: Dict[str, Any] = {}
    if row.image in images:
        key = "code" if row.is_free else "image"
        found = {key: images.tag(row.image), "built": images.target(row.image)}
    elif not row.is_free:
        found = {"image": row.image.base}
    if row.image.shell:
        found["shell"] = row.image.shell
    if row.runtime:
        found["runtime"] = True
    return found


def _flags(row: Row) -> List[str]:
    """docker's words: a request that is no limit, a limit with a request, a limit, and what the image is for."""
    flags = []
    if row.cpu is not None:
        flags.append(f"--cpu-shares={cpu_shares(row.cpu)}")
    if row.mem is not None:
        flags += [f"--memory={mebibytes(row.mem)}m", f"--memory-reservation={mebibytes(row.mem)}m"]
    if row.gpu:
        flags.append(f"--gpus={row.gpu}")
    if row.image is not None and row.image.platform:
        flags.append(f"--platform={row.image.platform}")
    return flags
