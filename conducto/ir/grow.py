"""What a Generate printed -> a Plan of it and the nodes above: the one way in for every target. Standard library only."""

from __future__ import annotations

from typing import IO, Iterator, List, Tuple

from ..diagnostics import ConductoError, Report
from ..repository import Repository
from ..wire import read
from ..wire.bounds import Unreadable
from ..wire.places import Places
from . import check, lower, resolve, shared, translate
from .above import Above
from .plan import Plan
from .tree import Row


def grown(printed: IO[bytes], above: Above, home: Repository) -> Tuple[Plan, int]:
    """The plan of the pipeline in what a Generate node printed, under the nodes above it; and the row that is its root, which
    has the name "" and stands in the place of the last row above.

    `home` is the repository that the pipeline's files are in. Raises Unreadable for what is no pipeline, ConductoError for
    one that is wrong.
    """
    root = read.tree(printed, Places(above.generate), home)
    report = Report()
    tree = resolve.resolve(root, above.default_image, home, report, above)
    report.raise_errors()
    tree = shared.shared(tree, above.rows[-1].data)
    tree = translate.translate(tree, home, above.origin.folder, report)
    report.raise_errors()
    first = len(above.rows)
    for complaint in _unwanted(above, tree.rows[first:]):
        raise Unreadable(complaint)
    plan = lower.lower(tree, above.origin, above.settings, report)
    wrong = check.complaints(plan)
    if wrong:
        raise Unreadable(wrong[0])
    return plan, first


def _unwanted(above: Above, rows: Tuple[Row, ...]) -> Iterator[str]:
    """What a generated node may only have where the Lazy or a node above it has it, or names it."""
    given = above.rows[-1]
    granted = above.granted
    named = {image for image, _ in above.images.values()} | {given.image, above.generate}
    builds = any(image is not None and image.built for image in named)
    for row in rows:
        if row.kind != "exec":
            continue
        if row.requires_docker and not granted.docker:
            yield f"{row.name} requires docker, and nothing above it does"
        if row.docker_run_args and row.docker_run_args not in granted.run_args:
            yield f"{row.name} has docker_run_args, and nothing above it has these"
        for name in row.secrets.values():
            if name not in granted.secrets:
                yield f"{row.name} has the Secret {name}, which nothing above it names"
        if row.image is not None and row.image.built and row.image not in named and not builds:
            yield f"{row.name} has an image that must be built, and nothing above it has one"


__all__: List[str] = ["ConductoError", "Unreadable", "grown"]
