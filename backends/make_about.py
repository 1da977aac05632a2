"""What a makefile says of all its nodes together."""

from __future__ import annotations

from typing import List, Set

from conducto.targets import Document

from . import make_engine
from .make_around import ATTEMPT


class About:
    """Found in one look at each node, as those are made anew for each (targets.OnDemand).

    `targets` are all of them, `attempts` those of the attempts of groups that are tried again, `needs` the parts of the engine
    that a node needs, `grows` whether something is generated.
    """

    def __init__(self, document: Document) -> None:
        self.targets: List[str] = []
        self.attempts: List[str] = []
        self.needs: Set[str] = set()
        self.grows = False
        for node in document["nodes"]:
            self.targets.append(node["target"])
            self.needs.update(make_engine.needs(node))
            self.grows = self.grows or "from" in node
            if "again" in node:
                self.attempts.append(f"{ATTEMPT}/{node['target']}")
