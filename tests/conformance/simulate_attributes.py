"""The tiny random scheduler of `simulate` for trees with attributes: it lets a run happen, without predicting anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from .grants import overreaching
from .look import Sight
from .observe import Run
from .simulate import _EXIT
from .trees import Tree

_Play = Generator[None, None, int]
#: What a limit above has ended, as an exit status.
_LATE = -1


def simulate(tree: Tree, random: Random, known: Mapping[str, str] | None = None) -> Run:
    """One run in which whatever may overlap overlaps at random.

    `known`: from the path of an exec to the path it is known by, its own if there is none; what is not in it shows nothing.
    """
    world = _World(random, known, overreaching=overreaching(tree))
    play = world.node(tree, "", _Place())
    while True:
        try:
            next(play)
        except StopIteration as end:
            return Run(tuple(world.events), "failed" if end.value else "done", saw=tuple(world.saw))


@dataclass(frozen=True)
class _Place:
    """What is around a node."""

    env: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    files: list[str] | None = None  # of a shared container
    slots: Sequence[list[int]] = ()  # [running, most] of each limit above


@dataclass
class _World:
    """Plays nodes; the value of a play is the node's exit status as its parent sees it."""

    random: Random
    known: Mapping[str, str] | None
    events: list[tuple[str, str]] = field(default_factory=list)
    saw: list[tuple[str, Sight]] = field(default_factory=list)
    runs: Counter[str] = field(default_factory=Counter)
    #: The exit status of a node's last attempt, None where it is skipped.
    last: dict[str, int | None] = field(default_factory=dict)
    overreaching: frozenset[str] = frozenset()

    def node(self, node: Tree, path: str, place: _Place) -> _Play:
        """Any node, as often as it is tried."""
        flags = node[3] if node[0] == "exec" else node[2]
        if "skip" in flags:
            self.last[path] = None
            return 0
        own = dict(flag.split("=", 1) for flag in flags if "=" in flag)
        status = 0
        for _ in range(1 + int(own.get("retries", 0))):
            status = yield from self.once(node, path, _inside(place, own))
            if status == _LATE and int(own.get("max_time", 1000)) < 100:
                status = 1
            if status in (0, _LATE):
                break
        self.last[path] = status
        return 0 if "suppress_errors" in flags and status > 0 else status

    def once(self, node: Tree, path: str, place: _Place) -> _Play:
        """One attempt."""
        play = {"exec": self.exec, "serial": self.serial, "parallel": self.parallel}[node[0]]
        return (yield from play(node, path, place))

    def exec(self, node: Tree, path: str, place: _Place) -> _Play:
        """A command; it waits until every limit above has a slot."""
        if "secret MISSING" in place.env.values():
            return 1
        while any(running >= most for running, most in place.slots):
            yield
        for slot in place.slots:
            slot[0] += 1
        try:
            return (yield from self.command(node[2], path or "/", place))
        finally:
            for slot in place.slots:
                slot[0] -= 1

    def command(self, does: str, path: str, place: _Place) -> _Play:
        """What a command shows."""
        me = path if self.known is None else self.known.get(path, "")
        self.runs[me] += 1
        if me:
            self.events.append(("start", me))
            self.saw.append((me, _sight(place)))
        if place.files is not None:
            place.files.append(me)
        for _ in range(self.random.choice((0, 0, 1, 3, 12))):
            yield
        if does == "sleeps":
            for _ in range(self.random.choice((1, 5, 25, 80))):
                yield
            return _LATE
        if me and does != "kill":
            self.events.append(("end", me))
        if does.startswith("flaky"):
            failed = int(self.runs[me] <= int(does[-1]))
        else:
            failed = _EXIT.get(does, 0)
        return failed or int(path in self.overreaching)

    def serial(self, node: Tree, path: str, place: _Place) -> _Play:
        """One child after the other."""
        worst = 0
        for child in node[3]:
            status = yield from self.node(child, f"{path}/{child[1]}", place)
            if status == _LATE:
                return _LATE
            worst = worst or status
            if status and "keep_going" not in node[2]:
                break
            if "lazy" in node[2] and self.last[f"{path}/Generate"] != 0:
                break
        return worst

    def parallel(self, node: Tree, path: str, place: _Place) -> _Play:
        """All children, a step of any of them at a time; a limit from above ends all that is left."""
        alive = [self.node(child, f"{path}/{child[1]}", place) for child in node[3]]
        worst = 0
        while alive:
            chosen = self.random.choice(alive)
            try:
                next(chosen)
            except StopIteration as end:
                alive.remove(chosen)
                if end.value == _LATE:
                    for other in alive:
                        other.close()
                    return _LATE
                worst = worst or end.value
            yield
        return worst


def _inside(place: _Place, own: Mapping[str, str]) -> _Place:
    """What is around an attempt of a node that says this."""
    words = {word.partition(":")[0]: text for word, text in own.items()}
    env = {
        word[word.index(":") + 1 :]: f"{word[: word.index(':')]} {text}" for word, text in own.items() if ":" in word
    }
    files = {"NEW": [], "GLOBAL": None}.get(words.get("reuse", ""), place.files)
    slots = [*place.slots, [0, int(words["max_concurrent"])]] if "max_concurrent" in words else place.slots
    return _Place({**place.env, **env}, {**place.settings, **words}, files, slots)


def _sight(place: _Place) -> Sight:
    """What a command sees there, on a target that shows everything."""
    says = place.settings
    return Sight(
        place.env,
        image=says.get("image", "local/busybox:1").removeprefix("local/").removesuffix(":1"),
        memory=str(int(float(says["mem"]) * 1024) * 1024 * 1024) if "mem" in says else "max",
        cpu=f"shares{int(float(says.get('cpu', 1)) * 1024)}",
        docker="yes" if "requires_docker" in says else "no",
        host=says.get("docker_run_args", "0123456789ab"),
        files=tuple(place.files or ()),
    )
