"""`co.data`: what the nodes of a pipeline share (docs/semantics.md, "Shared data"). `pipeline` lasts for one run, `user` outlives
runs; they are the directories /conducto/data/pipeline and /conducto/data/user.
"""

from __future__ import annotations

from ..paths import DATA
from .store import Store

pipeline = Store(f"{DATA}/pipeline")
user = Store(f"{DATA}/user")

__all__ = ["pipeline", "user"]
