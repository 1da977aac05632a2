"""The same trees, really run on every target, against the reference: what ran, in which order, and how it ended.

Counts and seeds are fixed here; `python -m tests.conformance TARGET` takes fresh ones, and thousands of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from random import Random

import pytest

from tests.conformance import behind, cells, hunt, laws
from tests.conformance.job import Job, plain
from tests.conformance.mutants import MUTANTS
from tests.conformance.runner import Runner, anonymous, load, outcomes
from tests.conformance.strategy import sample
from tests.conformance.written_trees import TREES

COUNT, SEED = 35, 20261125
#: Trees of the laws for each target: every law on each.
LAW_TREES = 4

NEEDS = {
    "make-host": ("make",),
    "make-docker": ("make", "docker"),
    "github-host": ("act",),
    "github-docker": ("act", "docker"),
    "argo": ("argo", "cluster"),
}


def targets(*names: str) -> pytest.MarkDecorator:
    """Parametrises over runners, each with what it needs of the machine."""
    params = [pytest.param(name, marks=pytest.mark.needs(*NEEDS[name]), id=name) for name in names or NEEDS]
    return pytest.mark.parametrize("target", params)


@lru_cache(maxsize=None)
def runner(target: str) -> Runner:
    """The runner of a target, one for the whole run."""
    return load(target)


def differences(target: str, jobs: list[tuple[str, Job]]) -> list[str]:
    """Run the jobs; for each that differs its label, the complaints and the pipeline."""
    found = []
    for (label, _), (_, run, complaints) in zip(jobs, outcomes(runner(target), [job for _, job in jobs]), strict=True):
        if complaints:
            found.append("\n".join([f"==== {label}", *complaints, anonymous(run).source]))
    return found


@targets()
def test_random_trees(target: str) -> None:
    jobs = [(f"tree {number} of seed {SEED}", plain(tree)) for number, tree in enumerate(sample(COUNT, SEED))]
    assert not (found := differences(target, jobs)), "\n".join(found)


@targets("make-host", "github-host", "argo")
def test_every_cell(target: str) -> None:
    trees = cells.covering()
    assert all(sum(cells.hits(tree)[cell] for tree in trees) for cell in cells.CELLS)
    jobs = [(f"covering tree {number}", plain(tree)) for number, tree in enumerate(trees)]
    assert not (found := differences(target, jobs)), "\n".join(found)


@targets("make-host", "github-host", "argo")
def test_what_stands_behind_a_failure(target: str) -> None:
    jobs = [(f"tree {number} of behind.py", plain(tree)) for number, tree in enumerate(behind.trees())]
    assert not (found := differences(target, jobs)), "\n".join(found)


@targets("make-host")
def test_the_written_trees(target: str) -> None:
    jobs = [(written.title, plain(written.tree)) for written in TREES]
    assert not (found := differences(target, jobs)), "\n".join(found)


@targets("make-host", "github-host", "argo")
def test_every_mutant_is_caught(target: str) -> None:
    jobs = hunt.candidates(sample(COUNT, SEED), SEED)
    caught = {mutant: hunt.hunt(runner(target), mutant, jobs) for mutant in MUTANTS}
    for mutant, catch in caught.items():
        print(f"{mutant:48} {catch.label if catch else 'SURVIVED'}")
    assert [mutant for mutant, catch in caught.items() if catch is None] == []


@targets("make-host", "github-host", "argo")
def test_the_laws(target: str) -> None:
    found = []
    for law, instances in _instances():
        jobs = [job for instance in instances for job in instance.jobs()]
        runs = [run for _, run, _ in outcomes(runner(target), jobs)]
        for before, after in zip(runs[::2], runs[1::2], strict=True):
            found += [f"{law}: {said}\n{after.source}" for said in laws.differences(before, after)]
    assert not found, "\n".join(found)


def _instances() -> Iterator[tuple[str, list[laws.Instance]]]:
    trees = sample(LAW_TREES, SEED + 1)
    for law, apply in laws.LAWS.items():
        yield law, [apply(tree, Random(SEED + number)) for number, tree in enumerate(trees)]


@targets()
def test_two_siblings_meet(target: str) -> None:
    one = runner(target)
    assert not (found := differences(target, [("rendezvous", laws.rendezvous(one.meet))])), "\n".join(found)
