"""Makes tree, plan and documents of pipelines; reads what to make as JSON from stdin, writes it as JSON to stdout.

    python documents.py full                    by the compiler's own driver
    python3 -I -S documents.py bare SITE        by the passes alone, from SITE, with nothing else installed

`{"files": [{"file": ..., "images": {TARGET: default image}, "settings": {TARGET: table}}, ...], "home": folder of the files}`
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Tuple

if TYPE_CHECKING:  # nothing of conducto can be imported before SITE is known
    from conducto.diagnostics import Report
    from conducto.ir.plan import Plan
    from conducto.nodes import Node
    from conducto.targets import Emitter

    Plans = Iterator[Tuple[Node, Emitter, Plan, Report]]


def bare(item: Dict[str, Any]) -> Plans:
    """The trees and plans by targets, from modules that need the standard library alone."""
    from conducto import entry, header, repository, run, targets
    from conducto.diagnostics import Report
    from conducto.ir import lower, resolve, shared, translate
    from conducto.ir.plan import Origin

    module = run.load_main(item["file"])
    name, words = entry.split(module.words or ())
    chosen = entry.choose(module, name)
    root = run.calling(module, lambda: entry.pipeline(chosen, words))
    home = repository.of(item["file"])
    source = home.relative(item["file"])
    name = repository.pipeline_name(source, chosen.name, chosen.explicit)
    for target in item["images"]:
        emitter = targets.get(target)
        report = Report()
        tree = resolve.resolve(root, item["images"][target], home, report)
        tree = translate.translate(shared.shared(tree, False), home, source.rpartition("/")[0], report)
        origin = Origin(name, source, chosen.name, chosen.explicit, tuple(words), printed=tuple(header.printed(tree)))
        origin = origin._replace(output=emitter.output(origin))
        yield root, emitter, lower.lower(tree, origin, item["settings"][target], report), report


def full(item: Dict[str, Any]) -> Plans:
    """The same by the compiler's own driver."""
    from conducto import compile, targets
    from conducto.diagnostics import Report

    pipeline = compile.front(compile.Request(item["file"]))
    for target in item["images"]:
        emitter, report = targets.get(target), Report()
        yield pipeline.root, emitter, compile.passes(pipeline, emitter, None, report), report


def made(item: Dict[str, Any], plans: Callable[[Dict[str, Any]], Plans]) -> Dict[str, Any]:
    """Everything that is decided about one file, as plain data."""
    from conducto import pretty, targets
    from conducto.ir import show

    found: Dict[str, Any] = {}
    for root, emitter, plan, report in plans(item):
        # Both are read from disk by the driver alone.
        plan.archive, plan.files = b"the runtime file" if plan.runtime else b"", {}
        document = emitter.document(plan, report)
        said = [[d.code, d.message, d.node, d.location and d.location.line] for d in report.diagnostics]
        found[emitter.name] = {"plan": show.plan_text(plan), "document": targets.whole(document), "said": said}
        found["tree"] = pretty.node_text(root)
    return found


def foreign(home: str) -> List[str]:
    """Loaded modules that are neither the standard library's nor conducto's nor the pipelines' own."""
    known = getattr(sys, "stdlib_module_names", None)
    if known is None:
        return []
    return sorted(
        name
        for name, module in sys.modules.items()
        if name.partition(".")[0] not in (*known, "conducto", "__main__")
        and not name.startswith("_sysconfigdata")  # the standard library's, named after the platform
        and not (getattr(module, "__file__", None) or "").startswith(home)
    )


def main() -> None:
    mode, *site = sys.argv[1:]
    sys.path[:0] = site
    asked = json.load(sys.stdin)
    found = [made(item, bare if mode == "bare" else full) for item in asked["files"]]
    json.dump({"made": found, "foreign": foreign(asked["home"])}, sys.stdout)


main()
