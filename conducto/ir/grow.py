"""What a Generate printed -> a Plan of it and the nodes above: the one way in for every target. Standard library only."""

from __future__ import annotations

from typing import IO, Dict, List, Tuple

from ..diagnostics import ConductoError, Report
from ..repository import Repository
from ..wire import bounds, read, weight
from ..wire.bounds import Unreadable
from ..wire.places import Places
from . import allowed, check, lower, resolve, shared, translate
from .above import Above
from .plan import Plan


def grown(printed: IO[bytes], above: Above, home: Repository) -> Tuple[Plan, int]:
    """The plan of the pipeline in what a Generate node printed, under the nodes above it; and the row that is its root, which
    has the name "" and stands in the place of the last row above.

    `home` is the repository that the pipeline's files are in. Raises Unreadable for what is no pipeline, ConductoError for
    one that is wrong.
    """
    root = read.tree(printed, Places(above.generate), home)
    given = above.rows[-1]
    path = sum(len(row.name.encode()) + 1 for row in above.rows)
    heavy = weight.too_much(root, path, len(given.env) + sum(map(len, given.options.values())))
    if heavy is not None:
        raise Unreadable(heavy)
    report = First()
    tree = resolve.resolve(root, above.default_image, home, report, above)
    report.raise_errors()
    tree = shared.shared(tree, given.data)
    tree = translate.translate(tree, home, above.origin.folder, report)
    report.raise_errors()
    for complaint in allowed.unwanted(above, tree):
        raise Unreadable(complaint)
    plan = lower.lower(tree, above.origin, above.settings, report)
    wrong = check.complaints(plan)
    if wrong:
        raise Unreadable(wrong[0])
    if len(plan.images) > bounds.IMAGES:
        raise Unreadable(f"its pipeline has more than {bounds.IMAGES:,} images that differ")
    return plan, len(above.rows)


class First(Report):
    """Raises ConductoError at the first error: one is enough for what comes from outside, and there may be as many as nodes."""

    def _add(self, severity: str, code: str, message: str, more: Dict[str, object]) -> None:
        if severity == "error":
            super()._add(severity, code, message, more)
            self.raise_errors()


__all__: List[str] = ["ConductoError", "First", "Unreadable", "grown"]
