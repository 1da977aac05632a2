"""The conformance kit's part about attributes: reference, trees, looks and mutants, with no compiler and no target."""

from __future__ import annotations

import hashlib
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance import accepts, attributed, attributes, look, meeting, observe, reference, runner, strategy
from tests.conformance import strategy_attributes as random_trees
from tests.conformance.attempts import check, predict
from tests.conformance.job import Job, slowed
from tests.conformance.mutants_attributes import WRONG, mutated
from tests.conformance.observe import Refusal, Run
from tests.conformance.simulate_attributes import simulate
from tests.conformance.source import Told, pipeline
from tests.conformance.trees import KEEP_GOING, SKIP, SUPPRESS, Tree, execs, execute, flags, parallel, serial, walk
from tests.plugin_thorough import amount

SEEDS = st.integers(0, 2**32)
SHELLS = [
    pytest.param(("sh",), id="sh"),
    pytest.param(("bash",), id="bash"),
    pytest.param(("dash",), id="dash", marks=pytest.mark.needs("dash")),
    pytest.param(("busybox", "sh"), id="busybox", marks=pytest.mark.needs("busybox")),
]
TOKEN = "0123456789abcdef"
A, B = execute("a"), execute("b")


def drawn(seed: int) -> Tree:
    """A tree with everything that there is."""
    return random_trees.tree("make-docker", seed, 0)


# --- the reference ----------------------------------------------------------------------------------------------------
HAND: tuple[tuple[Tree, str, str], ...] = (
    # the tree, the root's status, the execs as often as they run
    (execute("", "flaky1", "retries=1"), "done", "/ /"),
    (execute("", "flaky2", "retries=1"), "failed", "/ /"),
    (execute("", "fail", "retries=2", SUPPRESS), "done", "/ / /"),
    (execute("", "fail", "retries=2", SKIP), "done", ""),
    (serial("", (A, execute("x", "flaky1"), B), "retries=1"), "done", "/a /a /x /x /b"),
    (serial("", (A, execute("x", "flaky2"), B), "retries=1"), "failed", "/a /a /x /x"),
    (serial("", (execute("x", "flaky2", "retries=1"),), "retries=1"), "done", "/x /x /x"),
    (serial("", (serial("s", (execute("x", "fail"),), "retries=1", SUPPRESS), B)), "done", "/s/x /s/x /b"),
    (parallel("", (execute("x", "flaky1"), A), "retries=2"), "done", "/x /x /a /a"),
    (serial("", (execute("x", "sleeps", "max_time=3", "retries=1"), B), KEEP_GOING), "failed", "/x /x /b"),
    (
        serial("", (serial("s", (execute("x", "sleeps"), B), KEEP_GOING, "max_time=3"), A), KEEP_GOING),
        "failed",
        "/s/x /a",
    ),
    (serial("", (execute("x", "sleeps", SUPPRESS), B), "max_time=3"), "failed", "/x"),
    (serial("", (serial("s", (execute("x", "sleeps"),), SUPPRESS, "max_time=3"), B)), "done", "/s/x /b"),
    (serial("", (execute("x", "ok", f"secret:V0={attributes.MISSING}"), B), KEEP_GOING), "failed", "/b"),
    (serial("", (A, execute("x", "ok", "max_time=200"))), "done", "/a /x"),
)


@pytest.mark.parametrize(("tree", "status", "runs"), HAND)
def test_the_reference_on_simple_trees(tree: Tree, status: str, runs: str) -> None:
    expected = predict(tree)
    assert expected.status == status
    assert Counter({path: len(found) for path, found in expected.runs.items() if found}) == Counter(runs.split())


@settings(max_examples=amount(50, 200), deadline=None)
@given(strategy.trees())
def test_the_two_references_agree_where_there_are_no_attributes(tree: Tree) -> None:
    plain, played = reference.predict(tree), predict(tree)
    assert played.status == plain.status
    assert {path for path, runs in played.runs.items() for _ in runs} == plain.starts
    assert {execution.path for execution in played.ends} == plain.ends
    assert {(one.path, other.path) for one, other in played.before} == reference.order(tree)
    assert not played.loose


def test_what_runs_beside_a_command_that_is_too_slow_is_left_open() -> None:
    late = parallel("p", (execute("x", "sleeps"), serial("s", (A, B))), "max_time=10")
    assert predict(serial("", (late, A), KEEP_GOING)).loose == {"/p/s/a", "/p/s/b"}


def test_every_attempt_waits_for_the_one_before() -> None:
    tree = serial("", (A, execute("x", "flaky1")), "retries=1")
    shown = {(one.path, one.number, other.path, other.number) for one, other in predict(tree).before}
    assert ("/x", 0, "/a", 1) in shown
    assert ("/a", 0, "/x", 1) in shown
    assert ("/a", 1, "/x", 0) not in shown


def test_the_nearest_node_counts() -> None:
    tree = serial(
        "",
        (execute("x", "ok", "env:V1=1", "image=local/debian:1"), execute("y", "ok", "secret:V0=A")),
        *("env:V0=0", "env:V1=0", "image=local/bash:1", "mem=0.25"),
    )
    given = predict(tree).given
    assert (given["/x"].env, given["/y"].env) == ({"V0": "env 0", "V1": "env 1"}, {"V0": "secret A", "V1": "env 0"})
    assert given["/x"].container == {"image": "local/debian:1", "mem": "0.25"}
    assert given["/y"].container == {"image": "local/bash:1", "mem": "0.25"}


def test_nothing_recurses_on_the_depth_of_a_tree() -> None:
    tree = A
    for _ in range(3000):
        tree = serial("s", (tree,))
    assert predict(tree).status == "done"


# --- the check --------------------------------------------------------------------------------------------------------
@settings(max_examples=amount(75, 300), deadline=None)
@given(SEEDS)
def test_a_legal_run_is_never_complained_about(seed: int) -> None:
    tree = drawn(seed)
    assert check(tree, simulate(tree, Random(seed))) == []


@settings(max_examples=amount(25, 100), deadline=None)
@given(SEEDS)
def test_every_corruption_of_a_run_is_complained_about(seed: int) -> None:
    tree = drawn(seed)
    legal = simulate(tree, Random(seed))
    loose = predict(tree).loose
    assert check(tree, replace(legal, status="failed" if legal.status == "done" else "done"))
    assert check(tree, replace(legal, left=("/x",)))
    assert check(tree, replace(legal, error="no docker"))
    assert check(tree, replace(legal, events=(*legal.events, ("start", "/no such exec"))))
    for at, (_, path) in enumerate(legal.events):
        if path not in loose:
            assert check(tree, replace(legal, events=legal.events[:at] + legal.events[at + 1 :]))
            assert check(tree, replace(legal, events=(*legal.events, legal.events[at])))


@settings(max_examples=amount(25, 100), deadline=None)
@given(SEEDS)
def test_every_wrong_sight_is_complained_about(seed: int) -> None:
    tree = drawn(seed)
    legal = simulate(tree, Random(seed))
    for at, (path, sight) in enumerate(legal.saw):
        env = {key: text for key, text in sight.env.items() if key != "V0"} if "V0" in sight.env else {"V0": "other"}
        wrong = [
            replace(sight, env=env),
            replace(sight, image={"bash": "debian"}.get(sight.image or "", "bash")),
            replace(sight, memory="1000" if sight.memory == "max" else "max"),
            replace(sight, cpu="shares3" if sight.cpu == "shares1024" else "shares1024"),
            replace(sight, docker={"no": "yes", "yes": "no"}[sight.docker or ""]),
            replace(sight, host="conformance-c" if sight.host in attributes.HOSTS else "conformance-a"),
            replace(sight, files=(*(sight.files or ()), "/no such exec")),
        ]
        for changed in wrong:
            saw = (*legal.saw[:at], (path, changed), *legal.saw[at + 1 :])
            assert check(tree, replace(legal, saw=saw)), changed
        if path not in predict(tree).loose:
            assert check(tree, replace(legal, saw=legal.saw[:at] + legal.saw[at + 1 :]))


def _run(text: str) -> Run:
    """A run of events such as `+a -a`, all of them done, in which nothing was seen but what must be."""
    events = tuple(({"+": "start", "-": "end"}[word[0]], f"/{word[1:]}") for word in text.split())
    return Run(events, "done", saw=tuple((path, look.Sight({})) for event, path in events if event == "start"))


@pytest.mark.parametrize(
    ("tree", "legal", "wrong", "complaint"),
    [
        (
            parallel("", (A, B), "max_concurrent=1"),
            "+b -b +a -a",
            "+a +b -a -b",
            "/: /a, /b ran at once, must be at most 1",
        ),
        (
            serial("", (execute("a", "flaky1", "retries=1"), B)),
            *("+a -a +a -a +b -b", "+a -a +b -b +a -a", "/b: started before /a (run 2) ended"),
        ),
    ],
)
def test_the_check_sees_the_order(tree: Tree, legal: str, wrong: str, complaint: str) -> None:
    assert check(tree, _run(legal)) == []
    assert check(tree, _run(wrong)) == [complaint]


@pytest.mark.parametrize("called", attributed.KEPT)
def test_a_legal_run_of_a_kept_tree_is_never_complained_about(called: str) -> None:
    tree = attributed.KEPT[called]
    for seed in range(30):
        assert check(tree, simulate(tree, Random(seed))) == []


# --- what commands see ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("clock", [False, True])
def test_a_command_tells_every_value(shell: tuple[str, ...], clock: bool) -> None:
    texts = {f"env {at}": text for at, text in enumerate(attributes.VALUES)}
    texts |= {f"secret {key}": text for key, text in attributes.SECRETS.items()} | {"other": "another"}
    for said, text in texts.items():
        command = observe.command("ok", TOKEN, looks=look.text(TOKEN, {look.ENV}), clock=clock)
        env = {"PATH": "/usr/bin:/bin", "V1": text}
        done = subprocess.run([*shell, "-c", command], env=env, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        lines = observe.read(done.stdout)
        assert [line.event for line in lines] == ["start", "saw", "end"]
        assert observe.sights(lines, {TOKEN: "/a"}) == (("/a", look.Sight({"V1": said})),)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_command_tells_all_that_it_can_see(shell: tuple[str, ...], tmp_path: Path) -> None:
    text = look.text(TOKEN, look.EVERYTHING).replace("/tmp/conformance-seen", str(tmp_path / "seen"))
    for seen in ((), ("/a",), ("/a", "/a")):
        done = subprocess.run(
            [*shell, "-c", observe.command("ok", TOKEN, looks=text)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        ((_, sight),) = observe.sights(observe.read(done.stdout), {TOKEN: "/a"})
        assert sight.files == seen
        assert None not in (sight.image, sight.memory, sight.cpu, sight.docker, sight.host)


def test_what_a_command_looks_at_stands_not_in_its_text() -> None:
    assert observe.read(observe.command("ok", TOKEN, looks=look.text(TOKEN, look.EVERYTHING), clock=True)) == []


@pytest.mark.parametrize("hidden", ["wget", "nothing"])
def test_runs_are_counted(hidden: str, tmp_path: Path) -> None:
    """In a folder, and at a desk by a wget where there is one and by bash alone."""
    desk = meeting.Desk()
    try:
        for text in (meeting.count_in(str(tmp_path), "a"), desk.count("127.0.0.1", "a"), desk.count("127.0.0.1", "b")):
            count = text.replace(f"command -v {hidden} ", "false ")
            command = observe.command("flaky2", TOKEN, count=count)
            assert [
                subprocess.run(["sh", "-c", command], stdout=subprocess.DEVNULL, check=False).returncode
                for _ in range(4)
            ] == [*(1, 1, 0, 0)]
    finally:
        desk.close()


# --- random trees -----------------------------------------------------------------------------------------------------
def test_a_seed_fixes_its_trees() -> None:
    trees = list(random_trees.sample("make-docker", 30, 1))
    assert list(random_trees.sample("make-docker", 10, 1)) == trees[:10]
    shown = [
        (path, node[0], node[2] if node[0] == "exec" else "", sorted(flags(node)))
        for t in trees
        for path, node in walk(t)
    ]
    # Whoever changes the generator changes this; no Python and no hash seed may.
    assert hashlib.sha256(repr(shown).encode()).hexdigest()[:16] == "2ec27845c526cd7d"


@pytest.mark.parametrize("target", accepts.REFUSES)
def test_every_attribute_is_drawn(target: str) -> None:
    trees = list(random_trees.sample(target, 200, 2))
    counts = Counter(row for tree in trees for row in {row for _, row in attributes.uses(tree)})
    wanted = [row for row in attributes.ATTRIBUTES if row not in accepts.UNDRAWN.get(target, ())]
    assert {row for row in wanted if counts[row] < (3 if row in accepts.REFUSES[target] else 25)} == set()
    assert set(counts) <= set(wanted)
    assert max(sum(map(len, predict(tree).runs.values())) for tree in trees) <= random_trees.MOST_RUNS


@settings(max_examples=amount(50, 200), deadline=None)
@given(SEEDS)
def test_what_sleeps_has_one_limit_and_little_beside_it(seed: int) -> None:
    tree = drawn(seed)
    nodes = dict(walk(tree))
    limited = [path for path, node in nodes.items() if attributes.short(node)]
    sleeping = [path for path, node in nodes.items() if node[0] == "exec" and node[2] == "sleeps"]
    assert len(limited) == len(sleeping) <= 1
    for path in limited:
        assert len(execs(nodes[path])) <= random_trees.MOST_LIMITED
        assert sleeping[0] in [path, *(below for below in nodes if path == "/" or below.startswith(f"{path}/"))]
        assert not any(below == path or below.startswith(f"{path.rstrip('/')}/") for below in slowed(tree))


@settings(max_examples=amount(50, 200), deadline=None)
@given(SEEDS)
def test_the_execs_of_a_container_are_alike(seed: int) -> None:
    containers: dict[str, set[frozenset[tuple[str, str]]]] = {}
    for given_ in predict(drawn(seed)).given.values():
        if given_.shared:
            containers.setdefault(given_.shared, set()).add(frozenset(given_.container.items()))
    assert all(len(found) == 1 for found in containers.values())


def test_a_pipeline_says_its_attributes() -> None:
    tree = serial(
        "",
        (
            execute("a", "flaky1", "retries=2", "reuse=GLOBAL", "gpu=0"),
            execute("b", "ok", "tags=shown", "requires_docker=True"),
        ),
        *(
            "env:V0=0",
            "secret:V1=A",
            "image=local/bash:1",
            "max_time=3",
            "max_concurrent=2",
            "docker_run_args=here",
            "mem=0.25",
        ),
    )
    told = Told({"/a": TOKEN, "/b": TOKEN}, image="not this", pace=1.5, count=lambda token: f"n={token}")
    text = pipeline(Job(tree), told)
    (root, a, _, b, *_) = [
        line.strip() for line in text.replace(";\n", "; ").split("\n") if "co." in line or "] =" in line
    ]
    said = "env={'V0': 'text', 'V1': co.Secret('CONFORMANCE_A')}, docker_run_args=['--hostname=here'], image='local/bash:1', "
    assert root == f"n0 = co.Serial({said}max_concurrent=2, max_time=5, mem=0.25)"
    assert a.endswith(", gpu=0, retries=2, container_reuse_context=co.ContainerReuseContext.GLOBAL)")
    assert b.endswith(", requires_docker=True, tags=['shown'])")
    assert f"n={TOKEN}" in a


# --- refusals ---------------------------------------------------------------------------------------------------------
def said(node: str, what: str, code: str = "C305") -> Refusal:
    """What the compiler says of a node."""
    return Refusal(code, node, f"This target cannot say {what}")


GROUP_TIME, SHARED = "`max_time` of a Serial or a Parallel", "one container for several Execs or attempts"


@pytest.mark.parametrize(
    ("target", "tree", "refusal", "warranted"),
    [
        ("argo", serial("", (serial("s", (A, B), "max_time=200"),)), said("/s", GROUP_TIME), True),
        ("argo", serial("", (serial("s", (A, B), "max_time=200"),)), said("/", GROUP_TIME), False),
        ("argo", serial("", (serial("s", (A,), "max_time=200"),)), said("/s", GROUP_TIME), False),
        (
            "argo",
            serial("", (serial("s", (execute("a", "ok", SUPPRESS),), "max_time=200"),)),
            said("/s", GROUP_TIME),
            True,
        ),
        ("argo", serial("", (A, B), "max_time=200"), said("/", GROUP_TIME), False),
        ("argo", serial("", (A, execute("b", "ok", SUPPRESS)), "max_time=200"), said("/", GROUP_TIME), True),
        ("make-host", serial("", (serial("s", (A, B), "max_time=200"),)), said("/s", GROUP_TIME), False),
        ("github-host", serial("", (A, B), "reuse=NEW"), said("/", SHARED), True),
        ("github-host", serial("", (A, execute("b", "ok", SKIP)), "reuse=NEW"), said("/", SHARED), False),
        ("github-host", serial("", (A, execute("b", "ok", "reuse=GLOBAL")), "reuse=NEW"), said("/", SHARED), False),
        ("github-host", serial("", (execute("a", "ok", "retries=1"),), "reuse=NEW"), said("/", SHARED), True),
        ("github-host", serial("", (A,), "reuse=NEW", "retries=1"), said("/", SHARED), False),
        ("github-host", parallel("", (A, B), "max_concurrent=1"), said("/", "`max_concurrent`"), True),
        ("github-host", parallel("", (A, B), "max_concurrent=2"), said("/", "`max_concurrent`"), False),
        ("argo", serial("", (A, B), "requires_docker=True"), said("/a", "`requires_docker`"), True),
        ("argo", serial("", (A, B)), said("/a", "`requires_docker`"), False),
        ("argo", serial("", (A, B)), Refusal("C373", "/a", "the pod of this node is too large"), False),
    ],
)
def test_what_may_be_refused(target: str, tree: Tree, refusal: Refusal, warranted: bool) -> None:
    assert (accepts.unwarranted(tree, [refusal], target) == []) == warranted


def test_of_a_tree_without_attributes_a_refusal_is_no_observation() -> None:
    """Where it passed for one, a mutant would count as caught, and a law as kept."""

    def refused(_job: Job) -> Run:
        raise runner.Refused([said("/", GROUP_TIME)], "the pipeline")

    plain, other = (Job(serial("", (A,), *own)) for own in ((), ("max_time=200",)))
    without, with_them = runner.at_once([plain, other], refused)
    assert without.error.startswith("was refused")
    assert "could not be run" in runner.judged("argo", plain, without)[0]
    assert (with_them.error, with_them.refused) == ("", (said("/", GROUP_TIME),))


def test_the_tally() -> None:
    tally = attributed.Tally()
    tree = serial("", (execute("a", "ok", "retries=1"),), "max_time=3", "env:V0=0")
    tally.note(tree, Run((), "done"), [])
    tally.note(tree, Run((), "done"), ["status is wrong"])
    tally.note(tree, Run((), "", refused=(said("/", GROUP_TIME),)), [])
    assert tally.summary() == "2 trees ran, 1 were refused (33 %), 1 differences"
    lines = {line.split("  ")[0]: line.split()[-4:] for line in attributed.table({"argo": tally}).splitlines()}
    assert lines["retries"] == ["3", "2", "0", "1"]
    assert lines["max_time of a group"] == ["3", "2", "1", "1"]
    assert lines["max_time"] == ["0", "0", "0", "0"]
    assert "retries" not in attributed.rare(tally, "argo", 2)
    assert "retries" in attributed.rare(tally, "argo", 3)


class StandIn:
    """A runner that lets runs happen, and refuses what shares a container."""

    name, pace, batch, sees = "argo", 1.0, 2, frozenset[str]()

    def run(self, jobs: Sequence[Job]) -> list[Run]:
        return [self._one(job) for job in jobs]

    def _one(self, job: Job) -> Run:
        nodes = dict(walk(job.tree))
        sharing = [path for path, row in attributes.uses(job.tree) if row == "container_reuse_context"]
        refused = tuple(
            said(path, SHARED) for path in sharing if attributes.value(nodes[path], "reuse") == attributes.NEW
        )
        return Run((), "", refused=refused) if refused else simulate(job.tree, Random(1))

    def meet(self, mine: str, other: str) -> str:
        raise NotImplementedError

    def count(self, token: str) -> str:
        raise NotImplementedError


def test_a_campaign_goes_on_until_so_many_ran() -> None:
    tally = attributed.Tally()
    for _, job, run, complaints in attributed.campaign(StandIn(), 40, 3):
        tally.note(job.tree, run, complaints)
        if run.refused:  # of one Exec alone, a container is none that is shared
            assert complaints == accepts.unwarranted(job.tree, run.refused, "argo")
        else:
            assert complaints == []
    assert tally.ran == 40
    assert tally.refused > 0
    assert tally.refusals["container_reuse_context"] == tally.refused


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


@pytest.mark.parametrize("called", WRONG)
def test_random_trees_give_mutants_away_too(called: str) -> None:
    wrong = WRONG[called]
    caught = 0
    for tree in random_trees.sample("make-docker", 200, random_trees.CI_SEED):
        made = wrong.mutate(tree)
        run = simulate(made.tree, Random(1), made.origin)
        caught += bool(made.tree != tree and check(tree, run))
    assert caught >= 2
