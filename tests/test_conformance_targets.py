"""The same trees, really run on every target, against the reference: what ran, in which order, and how it ended.

Counts and seeds are fixed; `python -m tests.conformance TARGET` takes fresh ones, and thousands of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from random import Random

import pytest

from tests.conformance import (
    accepts,
    attributed,
    attributes,
    cells,
    hunt,
    laws,
    mutants_attributes,
    mutants_lazy,
    strategy_lazy,
    together,
)
from tests.conformance.job import Job, plain
from tests.conformance.mutants import MUTANTS
from tests.conformance.reference import predict
from tests.conformance.runner import Runner, anonymous, load, outcomes
from tests.conformance.strategy import CI_COUNT, CI_SEED, sample
from tests.conformance.trees import Tree
from tests.plugin_report import Findings
from tests.plugin_thorough import THOROUGH, amount

#: Trees of the laws for each target: every law on each.
LAW_TREES = {"make-host": 4, "github-host": amount(2, 4), "argo": amount(1, 2)}
#: Where each command costs containers, trees that run no more commands than these.
FEW_COMMANDS = {"make-docker": 5, "github-docker": 2}

#: In how many trees an attribute is, of those with attributes that a target gets; how many trees these are; how many attempts
#: one has at most.
EACH_ATTRIBUTE = amount(1, 2)
ATTRIBUTE_TREES = {
    "make-host": amount(4, 15),
    "make-docker": amount(6, 10),
    "github-host": amount(4, 12),
    "github-docker": amount(4, 6),
    "argo": amount(4, 10),
}
FEW_ATTEMPTS = {"make-host": 10, "make-docker": 10, "github-host": 10, "github-docker": 3, "argo": 10}
#: How many besides of which it refuses something.
REFUSED_TREES = amount(5, 10)

#: How many trees with Lazies each target gets that has them, with few attributes and with all that there are.
LAZY_TREES = {"make-host": amount((4, 2), (8, 4)), "make-docker": amount((2, 1), (4, 2))}
#: Where what a target shows of Lazies is shown already.
LAZY_ELSEWHERE = {"make-host": "", "make-docker": "make-host"}

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


def differences(target: str, jobs: Sequence[tuple[str, Job]]) -> list[str]:
    """Run the jobs; for each that differs its label, the complaints and the pipeline."""
    found = []
    for (label, _), (_, run, complaints) in zip(jobs, outcomes(runner(target), [job for _, job in jobs]), strict=True):
        if complaints:
            shown = anonymous(run)
            found.append("\n".join([f"==== {label}", *complaints, shown.source, shown.said]))
    return found


def random_trees(target: str) -> list[tuple[str, Tree]]:
    """The first trees of CI's seed that the target can have, by label."""
    most = FEW_COMMANDS.get(target)
    trees = enumerate(sample(CI_COUNT * (1 if most is None else 4), CI_SEED))
    chosen = [(f"tree {i}", tree) for i, tree in trees if most is None or len(predict(tree).starts) <= most]
    return chosen[:CI_COUNT]


@targets()
def test_random_trees(target: str, findings: Findings) -> None:
    trees = random_trees(target)
    found = differences(target, [(label, plain(tree)) for label, tree in trees])
    findings(target, f"{len(trees)} random trees of seed {CI_SEED}, {len(found)} differences")
    assert len(trees) == CI_COUNT
    assert not found, "\n".join(found)


def trees_with_attributes(target: str) -> list[tuple[str, Job]]:
    """Those that are kept, and some of CI's seed: small ones that run, and some that are refused."""
    few = target in FEW_COMMANDS and not THOROUGH
    kept = [(label, plain(tree)) for label, tree in attributed.KEPT.items() if not few or "container" in label]
    run = attributed.few(target, CI_SEED, ATTRIBUTE_TREES[target], FEW_ATTEMPTS[target], EACH_ATTRIBUTE)
    return [*kept, *run, *attributed.refused(target, CI_SEED, REFUSED_TREES)]


@targets()
def test_trees_with_attributes(target: str, findings: Findings) -> None:
    trees, tally, found = trees_with_attributes(target), attributed.Tally(), []
    results = outcomes(runner(target), [job for _, job in trees])
    for (label, job), (_, run, complaints) in zip(trees, results, strict=True):
        tally.note(job.tree, run, complaints)
        if complaints:
            found.append("\n".join([f"==== {label}", *complaints, anonymous(run).source]))
    findings(target, f"with attributes, seed {CI_SEED}: {tally.summary()}")
    assert not found, "\n".join(found)
    assert tally.ran >= ATTRIBUTE_TREES[target]
    wanted = set(attributes.ATTRIBUTES) - set(accepts.REFUSES[target]) - accepts.UNDRAWN.get(target, frozenset())
    assert wanted - set(tally.run) == set()


LAZY = pytest.mark.parametrize(
    "target",
    [
        pytest.param("make-host", marks=pytest.mark.needs("make")),
        pytest.param("make-docker", marks=pytest.mark.needs("make", "docker", "image:python:3.13-slim")),
    ],
)


def trees_with_lazies(target: str) -> list[tuple[str, Tree]]:
    """Those that mutants are found out by, and some of CI's seed in which nothing is slow."""
    few, everything = LAZY_TREES[target]
    kept = [(called, wrong.tree) for called, wrong in mutants_lazy.shown(target, LAZY_ELSEWHERE[target]).items()]
    drawn = [(f"tree {i}", tree) for i, tree in enumerate(strategy_lazy.sample(target, few, CI_SEED))]
    trees = enumerate(strategy_lazy.sample(target, 3 * everything, CI_SEED, everything=True))
    quick = [(f"tree {i} with all attributes", tree) for i, tree in trees if not together.hurries(tree)]
    return [(label, tree) for label, tree in kept if not together.hurries(tree)] + drawn + quick[:everything]


@LAZY
def test_trees_of_which_parts_are_generated(target: str, findings: Findings) -> None:
    trees = trees_with_lazies(target)
    found = []
    results = together.outcomes(runner(target), [plain(tree) for _, tree in trees])
    for (label, _), (_, run, complaints) in zip(trees, results, strict=True):
        if complaints:
            found.append("\n".join([f"==== {label}", *complaints, anonymous(run).source, anonymous(run).said]))
    findings(target, f"{len(trees)} trees with Lazies, {len(found)} differences")
    assert not found, "\n".join(found)
    assert len(trees) >= sum(LAZY_TREES[target])


@LAZY
def test_every_mutant_of_lazies_is_caught(target: str, findings: Findings) -> None:
    caught = mutants_lazy.hunt(runner(target), LAZY_ELSEWHERE[target])
    findings(target, f"{sum(map(bool, caught.values()))} of {len(caught)} mutants of Lazies caught")
    assert caught
    assert [mutant for mutant, complaints in caught.items() if not complaints] == []


@targets()
def test_every_mutant_of_attributes_is_caught(target: str, findings: Findings) -> None:
    caught = mutants_attributes.hunt(runner(target))
    findings(target, f"{sum(map(bool, caught.values()))} of {len(caught)} mutants of attributes caught")
    assert [mutant for mutant, complaints in caught.items() if not complaints] == []


@targets("make-host")
def test_every_cell(target: str, findings: Findings) -> None:
    """Where a command costs least; `python -m tests.conformance TARGET --cells` does so for any."""
    trees = cells.covering()
    found = differences(target, [(f"covering tree {number}", plain(tree)) for number, tree in enumerate(trees)])
    hit = {cell for tree in trees for cell in cells.hits(tree)} & set(cells.CELLS)
    findings(target, f"{len(hit)} of {len(cells.CELLS)} cells hit by {len(trees)} trees, {len(found)} differences")
    assert len(hit) == len(cells.CELLS)
    assert not found, "\n".join(found)


@targets("make-host", "github-host", "argo")
def test_every_mutant_is_caught(target: str, findings: Findings) -> None:
    caught = hunt.hunt(runner(target), MUTANTS, hunt.candidates(sample(CI_COUNT, CI_SEED), CI_SEED))
    findings(target, f"{sum(map(bool, caught.values()))} of {len(MUTANTS)} mutants caught")
    assert [mutant for mutant, catch in caught.items() if catch is None] == []


@targets("make-host", "github-host", "argo")
def test_the_laws(target: str, findings: Findings) -> None:
    count = LAW_TREES[target]
    trees = sample(count, CI_SEED + 1)
    applied = [(law, n, apply(trees[n], Random(CI_SEED + n))) for law, apply in laws.LAWS.items() for n in range(count)]
    jobs = [*map(plain, trees), *(instance.jobs()[1] for _, _, instance in applied)]
    runs = [run for _, run, _ in outcomes(runner(target), jobs)]
    found = []
    for (law, number, _), after in zip(applied, runs[count:], strict=True):
        found += [f"{law}: {said}\n{after.source}" for said in laws.differences(runs[number], after)]
    findings(target, f"{len(laws.LAWS)} laws on {count} trees, {len(found)} differences")
    assert not found, "\n".join(found)


@targets()
def test_two_siblings_meet(target: str) -> None:
    one = runner(target)
    assert not (found := differences(target, [("rendezvous", laws.rendezvous(one.meet))])), "\n".join(found)
