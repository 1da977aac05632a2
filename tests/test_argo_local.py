"""Argo's whole way, as a user goes it: the file applied, submitted from its template, and run by a real kubelet.

The stand-in node of the other tests has no argoexec, no access control and no containers.
"""

from __future__ import annotations

import pytest

from tests.conformance import laws
from tests.conformance.job import Job, plain
from tests.conformance.runner import outcomes
from tests.conformance.runner_argo import Local
from tests.conformance.trees import KEEP_GOING, SKIP, SUPPRESS, execute, parallel, serial

pytestmark = pytest.mark.needs("argo", "cluster")

STOPS = serial("", (parallel("all", (execute("a", "fail"), execute("b"), execute("c", "kill"))), execute("never")))
GOES_ON = serial(
    "",
    (
        execute("a", "exit127"),
        serial("in", (execute("x", "fail"), execute("no")), SUPPRESS),
        execute("z", "background"),
    ),
    KEEP_GOING,
)
FORGIVEN = serial("", (execute("a", "fail"), execute("no")), SUPPRESS)
JOBS = {
    "stops": plain(STOPS),
    "goes on": plain(GOES_ON),
    "forgiven": plain(FORGIVEN),
    "one": plain(execute("", "reads")),
    "nothing": plain(parallel("", (execute("no", "ok", SKIP),))),
}


@pytest.fixture(scope="module")
def runner() -> Local:
    return Local()


def test_trees_run_as_they_mean(runner: Local) -> None:
    results = outcomes(runner, list(JOBS.values()))
    assert {name: found for name, (_, _, found) in zip(JOBS, results, strict=True)} == {name: [] for name in JOBS}


def test_siblings_meet(runner: Local) -> None:
    job: Job = laws.rendezvous(runner.meet)
    (_, run, complaints), *_ = outcomes(runner, [job])
    assert (run.status, complaints) == ("done", [])
