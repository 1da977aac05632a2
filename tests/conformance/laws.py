"""Laws that need no oracle: what may be done to a tree without changing what a run shows."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from .job import Job, slowed
from .observe import Run
from .trees import (
    KEEP_GOING,
    SKIP,
    Tree,
    behaviour,
    children,
    execute,
    flags,
    join,
    kind,
    name,
    parallel,
    rebuild,
    renamed,
    serial,
    walk,
    with_children,
)


@dataclass(frozen=True)
class Instance:
    """A law applied to a tree: runs of `before` and `after` must show the same (see `differences`)."""

    before: Tree
    after: Tree
    origin: Mapping[str, str]  # path in `after` -> path in `before`; what was added keeps a path that `before` lacks

    def jobs(self) -> tuple[Job, Job]:
        """The two to run; both runs show paths of `before`."""
        delays = slowed(self.before)
        return Job(self.before, delays=delays), Job(self.after, self.origin, delays, meant=self.before)


def differences(before: Run, after: Run) -> list[str]:
    """How two runs differ in status, in what started and in what ended, and how often."""
    complaints = [f"could not be run: {run.error}" for run in (before, after) if run.error]
    if before.status != after.status:
        complaints.append(f"status {before.status} became {after.status}")
    here, there = sorted(before.events), sorted(after.events)
    if here != there:
        complaints.append(f"only before: {set(here) - set(there)}, only after: {set(there) - set(here)}")
    return complaints


def serial_of_one(tree: Tree, random: Random) -> Instance:
    """A Serial of one around anything changes nothing."""
    chosen = random.choice([path for path, _ in walk(tree)])
    after = rebuild(tree, lambda path, node: serial(name(node), (renamed(node, "only"),)) if path == chosen else node)
    inside = join(chosen, "only")
    return Instance(tree, after, {p: _without(p, inside, chosen) for p in _commands(after)})


def permuted(tree: Tree, random: Random) -> Instance:
    """A Parallel permuted changes nothing."""

    def change(_path: str, node: Tree) -> Tree:
        nodes = children(node)
        return with_children(node, tuple(random.sample(nodes, len(nodes)))) if kind(node) == "parallel" else node

    after = rebuild(tree, change)
    return Instance(tree, after, {path: path for path in _commands(after)})


def skipped_sibling(tree: Tree, random: Random) -> Instance:
    """A skipped node added anywhere changes nothing."""
    groups = [path for path, node in walk(tree) if kind(node) != "exec"]
    chosen = random.choice(groups) if groups else ""
    make = random.choice((serial, parallel))
    added = random.choice((execute("added", "fail", SKIP), make("added", (execute("x"), execute("y", "fail")), SKIP)))

    def change(path: str, node: Tree) -> Tree:
        at = random.randint(0, len(children(node)))
        return with_children(node, (*children(node)[:at], added, *children(node)[at:])) if path == chosen else node

    after = rebuild(tree, change)
    return Instance(tree, after, {path: path for path in _commands(after)})


def parallel_as_serial(tree: Tree, _random: Random) -> Instance:
    """A Parallel and a Serial(stop_on_error=False) run the same and end the same."""

    def change(_path: str, node: Tree) -> Tree:
        return serial(name(node), children(node), KEEP_GOING, *flags(node)) if kind(node) == "parallel" else node

    after = rebuild(tree, change)
    return Instance(tree, after, {path: path for path in _commands(after)})


LAWS: Mapping[str, Callable[[Tree, Random], Instance]] = {
    "a Serial of one": serial_of_one,
    "a Parallel permuted": permuted,
    "a skipped sibling added": skipped_sibling,
    "Parallel against Serial(stop_on_error=False)": parallel_as_serial,
}


def rendezvous(meet: Callable[[str, str], str]) -> Job:
    """Two siblings of a Parallel that wait for each other; they end done where there is room for two at once."""
    one, two = secrets.token_hex(8), secrets.token_hex(8)
    tree = parallel("", (execute("one"), execute("two")))
    return Job(tree, extra={"/one": meet(one, two), "/two": meet(two, one)})


def _commands(tree: Tree) -> list[str]:
    return [path for path, node in walk(tree) if behaviour(node)]


def _without(path: str, inside: str, chosen: str) -> str:
    """The path as it was before `chosen` was wrapped, its old self being `inside` now."""
    if path == inside:
        return chosen
    return join(chosen, path[len(inside) + 1 :]) if path.startswith(inside + "/") else path
