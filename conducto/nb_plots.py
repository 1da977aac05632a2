"""A backend of matplotlib's: `plt.show()` saves each figure under /conducto/data/pipeline/out, and prints where, as Markdown.

What lies there is handed out when the run ends (docs/semantics.md, "Shared data").
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import Any, Dict, Optional

import matplotlib._pylab_helpers
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas
from matplotlib.backends.backend_agg import FigureManagerBase as FigureManager

from .blame import blame
from .diagnostics import ConductoValueError

__all__ = ["FigureCanvas", "FigureManager", "show"]

#: The directory that all nodes of a run share, and where in it plots are.
SHARED, PLOTS = "/conducto/data/pipeline", "out/plots"

#: How many were saved of a node.
_saved: Dict[str, int] = {}


def show(*, block: Optional[bool] = None) -> None:
    """Save every figure that changed since it was saved last. Raises ConductoValueError (C168) without shared data."""
    if not os.path.isdir(SHARED):
        message = f"`plt.show()` saves under {SHARED}, which is not there"
        help = "run it in a node whose pipeline has shared data: `[tool.conducto] shared-data = true`"
        raise blame(ConductoValueError, "C168", message, help=help)
    managers: Any = matplotlib._pylab_helpers.Gcf
    for manager in managers.get_all_fig_managers():
        figure = manager.canvas.figure
        if figure.stale:
            print(f"![plot]({_save(figure)})", flush=True)
            figure.stale = False


def _save(figure: Any) -> str:
    """The path of the file, by the node's and how many it saved before."""
    node = os.environ.get("CONDUCTO_NODE", "/")
    _saved[node] = _saved.get(node, 0) + 1
    # Two nodes whose names differ in what is left out here are told apart by the hash.
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", node).strip("-.")[:60] or "plot"
    path = os.path.join(SHARED, PLOTS, f"{name}-{hashlib.sha256(node.encode()).hexdigest()[:8]}-{_saved[node]}.png")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    figure.savefig(path)
    return path
