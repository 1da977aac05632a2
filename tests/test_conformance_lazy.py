"""The conformance kit's part about Lazies: reference, trees, bundles and mutants, with no compiler and no target."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from random import Random

import pytest

from tests.conformance import attributes, grants, lazily, lazily_source, observe, reference, strategy_lazy, together
from tests.conformance.attempts import check, predict
from tests.conformance.job import Job, plain
from tests.conformance.mutants_attributes import mutated
from tests.conformance.mutants_lazy import WRONG
from tests.conformance.observe import Run
from tests.conformance.simulate_attributes import simulate
from tests.conformance.source import Told
from tests.conformance.strategy import CI_SEED
from tests.conformance.trees import (
    BY_COMMAND,
    EXECUTE,
    GENERATE,
    KEEP_GOING,
    LAZY,
    SKIP,
    SUPPRESS,
    Tree,
    behaviour,
    execs,
    execute,
    flags,
    generates,
    parallel,
    serial,
    walk,
)

EITHER = pytest.mark.parametrize("everything", [False, True])
A, B, BAD = execute("a"), execute("b"), execute("bad", "fail")


def lazy(
    does: str, *inner: Tree, first: Sequence[str] = (), pair: Sequence[str] = (), root: Sequence[str] = ()
) -> Tree:
    """A Lazy, and something behind it: `first` are the flags of its Generate, `root` those of what it generates."""
    made = (execute(GENERATE, does, *first), parallel(EXECUTE, inner, *root))
    return serial("", (serial("l", made, LAZY, *pair), execute("after")))


INNER = serial("in", (execute(GENERATE, "flaky1", "retries=1"), parallel(EXECUTE, (A,))), LAZY)
COVERED = serial("in", (execute(GENERATE), parallel(EXECUTE, (A,))), LAZY, "env:V0=1")
SECRET = execute("a", "ok", "secret:V0=A")


# --- the reference ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tree", "status", "runs"),
    [
        (lazy("ok", A), "done", "/l/Generate /l/Execute/a /after"),
        (lazy("ok"), "done", "/l/Generate /after"),
        *((lazy(does, A), "failed", "/l/Generate") for does in observe.UNTAKEN),
        (lazy("nothing", A, pair=[KEEP_GOING]), "failed", "/l/Generate"),
        (lazy("fail", A, pair=[SUPPRESS]), "done", "/l/Generate /after"),
        (lazy("fail", A, first=[SUPPRESS]), "done", "/l/Generate /after"),
        (lazy("ok", A, first=[SKIP]), "done", "/after"),
        (lazy("ok", A, pair=[SKIP]), "done", "/after"),
        (lazy("ok", A, root=[SKIP]), "done", "/l/Generate /after"),
        (lazy("ok", BAD, root=[SUPPRESS]), "done", "/l/Generate /l/Execute/bad /after"),
        (lazy("ok", BAD, pair=["retries=1"]), "failed", "/l/Generate /l/Generate /l/Execute/bad /l/Execute/bad"),
        (lazy("ok", BAD, root=["retries=1"]), "failed", "/l/Generate /l/Execute/bad /l/Execute/bad"),
        (lazy("flaky1", A, first=["retries=1"]), "done", "/l/Generate /l/Generate /l/Execute/a /after"),
        (lazy("raises", A, first=["retries=1", SUPPRESS]), "done", "/l/Generate /l/Generate /after"),
        (
            lazy("ok", INNER),
            "done",
            "/l/Generate /l/Execute/in/Generate /l/Execute/in/Generate /l/Execute/in/Execute/a /after",
        ),
        (lazy("ok", execute("s", "sleeps"), pair=["max_time=10", SUPPRESS]), "done", "/l/Generate /l/Execute/s /after"),
        (lazy("ok", SECRET), "failed", "/l/Generate"),
        (lazy("ok", SECRET, first=["secret:V0=A"]), "failed", "/l/Generate"),
        (lazy("ok", SECRET, pair=["secret:V1=A"]), "done", "/l/Generate /l/Execute/a /after"),
        (lazy("ok", SECRET, pair=["secret:V0=A", "secret:V1=B"]), "done", "/l/Generate /l/Execute/a /after"),
        (lazy("ok", SECRET, pair=["secret:V0=B"]), "failed", "/l/Generate"),
        (lazy("ok", execute("a", "ok", "requires_docker=True")), "failed", "/l/Generate"),
        (lazy("ok", serial("s", (COVERED,), "secret:V0=A")), "failed", "/l/Generate"),
        (
            lazy("ok", serial("s", (execute("a", "ok", "env:V0=1"),), "secret:V0=A")),
            "done",
            "/l/Generate /l/Execute/s/a /after",
        ),
        (lazy("ok", A, root=["docker_run_args=conformance-a"]), "failed", "/l/Generate"),
    ],
)
def test_the_reference_on_simple_trees(tree: Tree, status: str, runs: str) -> None:
    expected = predict(tree)
    assert expected.status == status
    assert Counter({path: len(found) for path, found in expected.runs.items() if found}) == Counter(runs.split())


def test_what_is_generated_inherits_from_the_pair_and_never_from_what_generates() -> None:
    tree = lazy("ok", A, first=["env:V0=1"], pair=["env:V1=2", "image=local/bash:1"], root=["env:V2=3"])
    given = predict(tree).given
    assert given["/l/Generate"].env == {"V0": "env 1", "V1": "env 2"}
    assert given["/l/Execute/a"].env == {"V1": "env 2", "V2": "env 3"}
    assert given["/l/Execute/a"].container == {"image": "local/bash:1"}


@lru_cache(maxsize=None)
def drawn(everything: bool) -> tuple[Tree, ...]:
    """The trees of a seed, with few attributes or with all that there are."""
    return tuple(strategy_lazy.sample("make-docker", 100, CI_SEED, everything))


@EITHER
def test_a_legal_run_is_never_complained_about_and_a_wrong_one_is(everything: bool) -> None:
    for seed, tree in enumerate(drawn(everything)):
        legal = simulate(tree, Random(seed))
        assert check(tree, legal) == []
        assert check(tree, replace(legal, status="failed" if legal.status == "done" else "done"))
        loose = predict(tree).loose
        for event in set(legal.events):
            assert check(tree, replace(legal, events=(*legal.events, event)))
            if event[1] not in loose:
                assert check(tree, replace(legal, events=tuple(e for e in legal.events if e != event)))


def test_the_two_references_agree_where_nothing_is_tried_again() -> None:
    again = [tree for tree in drawn(False) if attributes.has(tree, "retries")]
    for tree in set(drawn(False)) - set(again):
        plainly, played = reference.predict(tree), predict(tree)
        assert played.status == plainly.status
        assert {path for path, runs in played.runs.items() if runs} == plainly.starts
        assert {(one.path, other.path) for one, other in played.before} == reference.order(tree)
    assert 10 < len(again) < 90


def test_what_a_command_was_told_of_itself_is_looked_at() -> None:
    tree = lazy("ok", A)
    legal = simulate(tree, Random(1))
    told = [
        (path, replace(sight, lazy="1" if path == "/l/Generate" else "", place="yes", run="1"))
        for path, sight in legal.saw
    ]
    assert check(tree, replace(legal, saw=tuple(told))) == []
    for at, (path, sight) in enumerate(told):
        for wrong in (
            replace(sight, lazy="" if sight.lazy else "1"),
            replace(sight, place="no"),
            replace(sight, run="2"),
        ):
            assert check(tree, replace(legal, saw=(*told[:at], (path, wrong), *told[at + 1 :])))


# --- random trees -----------------------------------------------------------------------------------------------------
def test_a_seed_fixes_its_trees() -> None:
    trees = list(strategy_lazy.sample("make-docker", 10, 1))
    assert list(strategy_lazy.sample("make-docker", 4, 1)) == trees[:4]
    shown = [(path, node[0], behaviour(node), sorted(flags(node))) for t in trees for path, node in walk(t)]
    # Whoever changes the generator changes this; no Python and no hash seed may.
    assert hashlib.sha256(repr(shown).encode()).hexdigest()[:16] == "35b2c5c02e54c5f9"


@EITHER
def test_random_trees_have_what_the_issue_wants(everything: bool) -> None:
    trees = drawn(everything)
    counts = Counter(what for tree in trees for what in lazily.had(tree))
    wanted = {lazily.NESTED: 30, lazily.FAILING: 10, lazily.EMPTY: 6, lazily.AROUND: 6, lazily.STRING: 4}
    assert {what: counts[what] for what, least in wanted.items() if counts[what] < 1.2 * least} == {}
    assert max(sum(map(len, predict(tree).runs.values())) for tree in trees) <= strategy_lazy.MOST_RUNS
    assert lazily.table(trees).splitlines()[0].split() == [
        *(str(counts[lazily.NESTED]), "of", "100", "trees:"),
        *lazily.NESTED.split(),
    ]
    if everything:
        words = {attributes.word(flag) for tree in trees for _, node in walk(tree) for flag in flags(node)}
        assert set(attributes.NAMES) - words == set()
    else:
        assert not any(grants.overreaching(tree) for tree in trees)


@EITHER
def test_what_generates_has_an_image_that_can_do_it(everything: bool) -> None:
    for tree in drawn(everything):
        given = predict(tree).given
        for path in generates(tree):
            assert path not in given or given[path].container["image"] == attributes.PYTHON


# --- the pipeline file ------------------------------------------------------------------------------------------------
def test_the_pipeline_file_has_a_function_for_each_lazy() -> None:
    inner = serial("in", (execute(GENERATE, "late"), parallel(EXECUTE, (A,), "env:V0=0")), LAZY, BY_COMMAND, SUPPRESS)
    tree = lazy("raises", inner, first=[SKIP, "retries=1"], pair=["env:V1=0"])
    tokens = {path: f"{number:016x}" for number, path in enumerate(execs(tree))}
    text = lazily_source.pipeline(Job(tree), Told(tokens, "an image", file="p.py"))
    lines = [line.strip() for line in text.splitlines()]
    assert "n1 = co.Lazy(make1, params=co.Params(skip=True, retries=1))" in lines
    assert "n1.env={'V1': 'text'}" in lines
    assert any(
        line.startswith("n3 = co.Lazy('") and "conducto p.py make2; exit 3; }', node_type=co." in line for line in lines
    )
    assert "n3.suppress_errors=True" in lines
    assert "n4 = co.Parallel(env={'V0': 'text'})" in lines
    at = lines.index('raise ValueError("no pipeline")')
    assert lines[at + 1] == "n2 = co.Parallel()"
    compile(text, "p.py", "exec")


# --- several in one run -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("first", range(0, 100, 5))
def test_jobs_in_one_run_show_what_each_would_show(first: int) -> None:
    jobs = [plain(tree) for tree in drawn(True)[first : first + 5]]
    whole = together.together(jobs)
    run = simulate(whole.tree, Random(first), whole.known())
    for job, part in zip(jobs, together.apart(jobs, run), strict=True):
        assert check(job.tree, part) == []
    assert set(whole.delays) <= set(whole.known().values())


class StandIn:
    """A runner that lets runs happen, some of them wrongly."""

    name, pace, batch, sees = "make-docker", 1.0, 2, frozenset[str]()

    def __init__(self, wrong: Sequence[int] = ()) -> None:
        self.sizes: list[int] = []
        self.wrong = wrong

    def run(self, jobs: Sequence[Job]) -> list[Run]:
        (job,) = jobs
        self.sizes.append(len(execs(job.tree)))
        run = simulate(job.tree, Random(1), job.known())
        return [replace(run, events=()) if len(self.sizes) in self.wrong else run]

    def meet(self, mine: str, other: str) -> str:
        raise NotImplementedError

    def count(self, token: str) -> str:
        raise NotImplementedError


def test_what_differs_is_run_again_by_itself() -> None:
    jobs = [plain(lazy("ok", A)) for _ in range(3)]
    found = list(together.outcomes(one := StandIn(), jobs, size=2))
    assert ([complaints for _, _, complaints in found], one.sizes) == ([[]] * 3, [8, 3])
    found = list(together.outcomes(one := StandIn(wrong=[1]), jobs[:2], size=2))
    assert one.sizes == [8, 3, 3]
    assert {complaints[-1] for _, _, complaints in found} == {"by itself it did not differ"}
    (_, run, complaints), _ = together.outcomes(StandIn(wrong=[1, 2]), jobs[:2], size=2)
    assert (run.status, "by itself it did not differ" in complaints) == ("done", False)


def test_one_with_a_short_time_is_run_by_itself() -> None:
    jobs = [plain(tree) for tree in (lazy("ok"), lazy("ok", execute("x", "sleeps"), pair=["max_time=10"]), lazy("ok"))]
    list(together.outcomes(one := StandIn(), jobs))
    assert one.sizes == [2, 3, 2]


# --- mutants ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("called", WRONG)
def test_each_tree_gives_its_mutant_away(called: str) -> None:
    wrong = WRONG[called]
    job = mutated(wrong.tree, wrong)
    assert job.tree != wrong.tree
    found = [check(wrong.tree, simulate(job.tree, Random(seed), job.known())) for seed in range(30)]
    assert sum(map(bool, found)) >= 10  # in some runs commands overlap as they must not
    for seed in range(30):
        assert check(wrong.tree, simulate(wrong.tree, Random(seed))) == []


def test_random_trees_give_mutants_away_too() -> None:
    caught: Counter[str] = Counter()
    for tree in drawn(True):
        for called, wrong in WRONG.items():
            made = wrong.mutate(tree)
            caught[called] += bool(made.tree != tree and check(tree, simulate(made.tree, Random(1), made.origin)))
    assert {called: caught[called] for called in WRONG if not caught[called]} == {}
