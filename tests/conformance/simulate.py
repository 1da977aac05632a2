"""A tiny random scheduler: plays a tree's rules step by step and yields one legal run, without predicting anything.

It is the counterpart of `reference`: that one says what must happen, this one lets it happen.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from random import Random

from .observe import UNTAKEN, Run
from .trees import Tree

Play = Generator["tuple[str, str] | None", None, int]
_EXIT = {"fail": 1, "kill": 137, "exit126": 126, "exit127": 127, "exit255": 255, **dict.fromkeys(UNTAKEN, 1)}


def simulate(tree: Tree, random: Random, lasts: Callable[[str], int] | None = None) -> Run:
    """One run in which whatever may overlap overlaps at random; `lasts(path)`: how many steps an exec takes."""
    player = _Player(random, lasts or (lambda _: random.choice((0, 0, 1, 3, 12))))
    play = player.node(tree, "")
    events: list[tuple[str, str]] = []
    while True:
        try:
            event = next(play)
        except StopIteration as end:
            return Run(tuple(events), "failed" if end.value else "done")
        if event:
            events.append(event)


@dataclass(frozen=True)
class _Player:
    """Plays nodes; the value of a play is the node's exit status as its parent sees it."""

    random: Random
    lasts: Callable[[str], int]

    def node(self, node: Tree, path: str) -> Play:
        """Any node."""
        flags = node[3] if node[0] == "exec" else node[2]
        if "skip" in flags:
            return 0
        play = {"exec": self.exec, "serial": self.serial, "parallel": self.parallel}[node[0]]
        status = yield from play(node, path)
        return 0 if "suppress_errors" in flags else status

    def exec(self, node: Tree, path: str) -> Play:
        """A command."""
        yield "start", path or "/"
        for _ in range(self.lasts(path or "/")):
            yield None
        if node[2] != "kill":
            yield "end", path or "/"
        return _EXIT.get(node[2], 0)

    def serial(self, node: Tree, path: str) -> Play:
        """One child after the other."""
        worst = 0
        for child in node[3]:
            status = yield from self.node(child, f"{path}/{child[1]}")
            worst = worst or status
            if status and "keep_going" not in node[2]:
                break
        return worst

    def parallel(self, node: Tree, path: str) -> Play:
        """All children, a step of any of them at a time."""
        alive = [self.node(child, f"{path}/{child[1]}") for child in node[3]]
        worst = 0
        while alive:
            chosen = self.random.choice(alive)
            try:
                yield next(chosen)
            except StopIteration as end:
                alive.remove(chosen)
                worst = worst or end.value
        return worst
