"""The text by which a generated tree is handed on, against the same rows as JSON objects."""

from __future__ import annotations

import gc
import io
import json
import time
from typing import Any

from tests.benchmarks import tools
from tests.benchmarks.shapes import SHAPES


def once(tool: str, shape: str, execs: int) -> dict[str, Any]:
    """The bytes of the text, and the CPU seconds to load it: with `ours` into a checked tree, with `json` into dicts."""
    rows = list(SHAPES[shape](execs))
    if tool == "json":
        text = json.dumps([{key: value for key, value in row._asdict().items() if value != ""} for row in rows])
        nodes = len(rows)
        del rows  # so that no collection of garbage looks at them
        return {"nodes": nodes, "bytes": len(text), "seconds": _clocked(lambda: json.loads(text))}
    import conducto as co
    from conducto.repository import Repository
    from conducto.wire import places, read, write

    data = write.text(tools.tree(co, rows)).encode()
    here, nodes = Repository("/", True), len(rows)
    del rows
    seconds = _clocked(lambda: read.tree(io.BytesIO(data), places.Places(None), here))
    return {"nodes": nodes, "bytes": len(data), "seconds": seconds}


def _clocked(load: Any) -> float:
    load()  # what is loaded and kept once
    gc.collect()
    begun = time.process_time()
    kept = load()
    seconds = time.process_time() - begun
    del kept
    return round(seconds, 6)
