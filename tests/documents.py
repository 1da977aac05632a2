"""The documents and files of every golden and of every example of the test kit, made in this process."""

from __future__ import annotations

from functools import lru_cache

from conducto import compile, targets, testing
from conducto.diagnostics import Report
from conducto.ir.plan import Plan
from conducto.targets import Document, Files
from tests import examples


def _plans(target: str) -> dict[str, Plan]:
    """Name -> plan for one target."""
    emitter, found = targets.get(target), {}
    for path in examples.goldens():
        pipeline = compile.front(compile.Request(str(path)))
        found[f"golden/{path.parent.name}"] = compile.passes(pipeline, emitter, None, Report())
    for name, build in testing.examples().items():
        found[f"kit/{name}"] = testing._plan(emitter, name, build(), {})
    return found


@lru_cache(maxsize=None)
def documents(target: str) -> dict[str, Document]:
    """Name -> document for one target, of all that it takes."""
    emitter, found = targets.get(target), {}
    for name, plan in _plans(target).items():
        report = Report()
        document = emitter.document(plan, report)
        if not report.errors:
            found[name] = targets.whole(document)
    return found


@lru_cache(maxsize=None)
def files(target: str) -> dict[str, Files]:
    """Name -> files for one target."""
    return {name: targets.get(target).render(document) for name, document in documents(target).items()}
