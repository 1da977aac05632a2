"""A target's limits, checked in one place for every target."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

from . import features, text
from .diagnostics import Report
from .quantities import mebibytes
from .targets import Emitter, Files, Limits

if TYPE_CHECKING:
    from .ir.plan import Plan


def check_plan(plan: "Plan", emitter: Emitter, report: Report) -> None:
    """Complain (C300-C302, C304-C306, C308) about what a plan holds and the target cannot take."""
    _check_depth(plan, emitter, report)
    _check_features(plan, emitter, report)
    sizes = plan.tree.path_sizes()
    for number in plan.leaves():
        _check_leaf(plan, number, emitter.limits, emitter.title, report)
        if sizes[number] > text.MAX_BYTES:
            message = f"the path of this node has {sizes[number]:,} bytes, and env `CONDUCTO_NODE` can hold {text.MAX_BYTES:,}"
            site = plan.rows[number].site
            report.error("C304", message, node=plan.path(number), site=site, help="use shorter names, or nest less")


def _check_features(plan: "Plan", emitter: Emitter, report: Report) -> None:
    for feature, number in features.uses(plan):
        if feature not in emitter.limits.says:
            refuse(plan, emitter, report, feature, number)


def refuse(
    plan: "Plan",
    emitter: Emitter,
    report: Report,
    feature: str,
    number: int,
    notes: Tuple[str, ...] = (),
    help: Optional[str] = None,
) -> None:
    """Complain (C305) that the target cannot say what a row asks for; only warn (C306) where less was allowed."""
    attribute, title = features.FEATURES[feature]
    where: Dict[str, Any] = {"node": plan.path(number), "site": plan.rows[number].site, "notes": notes}
    if feature == "docker_run_args":
        report.warning("C306", f"{emitter.title} has no docker run: {title} is left out", **where)
    elif attribute in plan.settings.get("allow-approximate", ()) and attribute in features.APPROXIMATE:
        report.warning("C306", f"{emitter.title} cannot say {title} exactly: it is left out or approximated", **where)
    else:
        allow = (
            f'leave it out, or allow less: `allow-approximate = ["{attribute}"]` in `[tool.conducto.{emitter.name}]`'
        )
        leave = "leave it out, or compile for another target"
        help = help or (allow if attribute in features.APPROXIMATE else leave)
        report.error("C305", f"{emitter.title} cannot say {title}", help=help, **where)


def _check_depth(plan: "Plan", emitter: Emitter, report: Report) -> None:
    most = emitter.limits.depth
    if most is None:
        return
    depths = plan.tree.depths()
    for number in plan.leaves():
        if depths[number] > most:
            message = f"this node is {depths[number]:,} levels deep, and {emitter.title} takes {most:,}"
            help = "nest less: a Serial in a Serial, or a Parallel in a Parallel, can often be one"
            report.error("C300", message, node=plan.path(number), site=plan.rows[number].site, help=help)
            return


def _check_leaf(plan: "Plan", number: int, limits: Limits, title: str, report: Report) -> None:
    row = plan.rows[number]
    if limits.needs_image and row.image is None:
        message = f"this node has no image, and {title} runs everything in a container"
        help = "give it an image, or set `default-image`"
        report.error("C301", message, node=plan.path(number), site=row.site, help=help)
    if limits.least_memory and row.mem is not None and mebibytes(row.mem) < limits.least_memory:
        message = f"`mem` of this node is {mebibytes(row.mem)} MiB, and {title} takes {limits.least_memory} at least"
        report.error("C308", message, node=plan.path(number), site=row.site, help="give it more")
    if limits.reserved_env and row.image is None:
        for key in row.env:
            if re.fullmatch(limits.reserved_env, key):
                message = f"env `{key}` would be overwritten by {title} itself"
                report.error("C302", message, node=plan.path(number), site=row.site, help="use another name")


def check_files(plan: "Plan", files: Files, emitter: Emitter, report: Report) -> None:
    """Complain (C303) about a file that is larger than the target takes: that is the root's, as all nodes share in it."""
    most = emitter.limits.file_bytes
    for path, content in files.items():
        size = len(content.encode())
        if most is not None and size > most:
            message = f"{path} would have {size:,} bytes, and {emitter.title} takes {most:,}"
            help = "split the pipeline into several files"
            report.error("C303", message, node="/", site=plan.rows[0].site, help=help)
