"""What the make target makes of a group's attributes: retries, max_time, max_concurrent, one container for all in it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from conducto.nodes import Exec, Node, Parallel, Serial
from conducto.reuse import ContainerReuseContext
from conducto.secret import Secret
from tests.makefiles import IMAGE, docker, document, makefile, plan
from tests.plugin_thorough import also
from tests.test_backend_make_attributes import DEAF, DOCKER, THIRD, TOLD, Place, place

__all__ = ["place"]

NEW, GLOBAL = ContainerReuseContext.NEW, ContainerReuseContext.GLOBAL
COUNT = "echo x >>$SHARED/{0}"


def group(kind: type[Node], _own: Mapping[str, Any] | None = None, /, **children: Node | str) -> Node:
    root = kind(**(_own or {}))
    for name, child in children.items():
        root[name] = Exec(child) if isinstance(child, str) else child
    return root


#: What takes long is seen of one engine in each run.
MOSTLY_ON_HOST = pytest.mark.parametrize(
    "place", [pytest.param("host", marks=pytest.mark.needs("make")), also("docker", needs=DOCKER)], indirect=True
)


# --- retries ------------------------------------------------------------------------------------------------------------

#: What a group's rule does is not the engine's matter; that each attempt has a fresh container is shown of Execs.
ON_HOST = pytest.mark.parametrize("place", [pytest.param("host", marks=pytest.mark.needs("make"))], indirect=True)


@ON_HOST
def test_a_group_is_tried_again_as_a_whole(place: Place) -> None:
    tried = group(Serial, {"retries": 4}, a=COUNT.format("a"), b=THIRD.format("b"), c=COUNT.format("c"))
    made = place.make(group(Serial, None, before=COUNT.format("before"), tried=tried, after=COUNT.format("after")))
    ran = place.run(made)
    assert ran.status == 0, ran.err
    counts = {name: len(place.lines(name)) for name in ("before", "a", "b", "c", "after")}
    assert counts == {"before": 1, "a": 3, "b": 3, "c": 1, "after": 1}
    assert made.ended("done") == {"before", "tried/a", "tried/b", "tried/c", "after"}
    assert (made.ended("failed"), made.ended("unrun")) == (set(), set())
    assert made.log("tried/b") == b"say b\n---- tried: attempt 2 of 5\nsay b\n---- tried: attempt 3 of 5\nsay b\n"
    assert "5 done, 0 failed, 0 not run" in ran.err


@ON_HOST
def test_of_a_group_the_last_attempt_counts_and_then_suppress_errors(place: Place) -> None:
    inner = group(Parallel, {"retries": 1}, x=COUNT.format("x") + "; false")
    outer = group(Parallel, {"retries": 1}, inner=inner, y=COUNT.format("y") + "; test $(cat $SHARED/y | wc -l) -gt 1")
    forgiven = group(Serial, {"retries": 1, "suppress_errors": True}, z=COUNT.format("z") + "; false", never="true")
    made = place.make(group(Serial, {"stop_on_error": False}, outer=outer, forgiven=forgiven, after="true"))
    ran = place.run(made)
    assert ran.status == 2
    assert {name: len(place.lines(name)) for name in "xyz"} == {"x": 4, "y": 2, "z": 2}
    assert made.ended("failed") == {"outer/inner/x", "forgiven/z"}
    assert made.ended("done") == {"outer/y", "after"}
    assert made.ended("unrun") == {"forgiven/never"}
    assert "outer: attempt 1 of 2 failed" in ran.err
    assert place.run(made, "forgiven").status == 0
    assert place.run(made, "outer").status == 2


@ON_HOST
def test_a_forgiven_group_is_no_failure_of_the_one_around(place: Place) -> None:
    forgiven = group(Serial, {"retries": 1, "suppress_errors": True}, a="false")
    made = place.make(group(Serial, None, inner=group(Parallel, None, forgiven=forgiven), after=COUNT.format("after")))
    assert place.run(made).status == 0
    assert place.lines("after") == ["x"]


@ON_HOST
@pytest.mark.parametrize("forgiven", [False, True])
def test_a_group_whose_need_failed_is_not_tried(place: Place, forgiven: bool) -> None:
    """Nor does what comes after it run, also where a failure of its own would be forgiven."""
    own = {"retries": 3, "suppress_errors": forgiven}
    tried = group(Parallel, own, a=COUNT.format("a"), b=COUNT.format("b"))
    made = place.make(group(Serial, None, before="false", tried=tried, after="true"))
    ran = place.run(made)
    assert ran.status == 2
    assert (place.lines("a"), place.lines("b")) == ([], [])
    assert (made.ended("failed"), made.ended("unrun")) == ({"before"}, {"tried/a", "tried/b", "after"})
    assert "attempt" not in ran.err


@pytest.mark.needs("make")
@pytest.mark.parametrize("words", [["-j1"], ["-j4"], ["JOBS=1"]])
def test_a_root_is_tried_again_with_any_number_of_jobs(words: list[str], tmp_path: Path) -> None:
    place = Place(tmp_path, "host")
    made = place.make(group(Serial, {"retries": 2}, a=THIRD.format("a"), b=COUNT.format("b")))
    assert place.run(made, *words).status == 0
    assert (len(place.lines("a")), len(place.lines("b"))) == (3, 1)


@pytest.mark.needs("make")
def test_one_node_of_a_group_runs_once_with_what_it_needs(tmp_path: Path) -> None:
    place = Place(tmp_path, "host")
    tried = group(Serial, {"retries": 2}, a=COUNT.format("a"), b=COUNT.format("b") + "; false")
    made = place.make(group(Serial, None, before=COUNT.format("before"), tried=tried))
    assert place.run(made, "tried/b").status == 2
    assert {name: len(place.lines(name)) for name in ("before", "a", "b")} == {"before": 1, "a": 1, "b": 1}


@pytest.mark.needs("make")
@pytest.mark.parametrize("flag", ["-n", "-t", "-q"])
def test_no_attempt_runs_where_make_only_looks(flag: str, tmp_path: Path) -> None:
    place = Place(tmp_path, "host")
    made = place.make(group(Serial, None, tried=group(Serial, {"retries": 2}, a=COUNT.format("a"))))
    ran = place.run(made, flag)
    assert place.lines("a") == []
    assert not made.state.exists()
    assert ("echo x" in ran.out) == (flag == "-n"), ran.err


@pytest.mark.needs("make")
def test_names_that_are_cut_are_tried_again_too(tmp_path: Path) -> None:
    place = Place(tmp_path, "host")
    long = "n" * 150
    inner = group(Serial, {"retries": 2}, **{long: group(Serial, None, **{long: THIRD.format("a")})})
    made = place.make(group(Serial, None, **{long: inner}))
    assert place.run(made).status == 0
    assert len(place.lines("a")) == 3


# --- max_time -----------------------------------------------------------------------------------------------------------


def test_a_group_that_takes_too_long_is_ended_and_the_rest_of_it_not_run(place: Place) -> None:
    late = group(
        Serial,
        {"max_time": 6, "stop_on_error": False},
        quick="true",
        at_once=group(Parallel, {"suppress_errors": True}, slow="sleep 100", told=TOLD, deaf=DEAF),
        rest=COUNT.format("rest"),
    )
    beside = group(Serial, {"max_time": 60}, a="sleep 9", b=COUNT.format("b"))
    made = place.make(
        group(Serial, {"stop_on_error": False}, both=group(Parallel, None, late=late, beside=beside), after="true")
    )
    began = time.monotonic()
    ran = place.run(made)
    assert time.monotonic() - began < 6 + 30 + 10
    assert ran.status == 2
    slow = {f"both/late/at_once/{name}" for name in ("slow", "told", "deaf")}
    assert made.ended("failed") == slow
    assert made.ended("unrun") == {"both/late/rest"}
    assert made.ended("done") == {"both/late/quick", "both/beside/a", "both/beside/b", "after"}
    assert place.lines("rest") == []
    assert made.log("both/late/at_once/told") == b"told\n"
    assert "both/late is over its max_time" in ran.err
    assert place.run(made, "both/late/quick").status == 0


@MOSTLY_ON_HOST
def test_a_group_that_takes_too_long_has_failed_although_what_is_in_it_is_forgiven(place: Place) -> None:
    late = group(Serial, {"max_time": 2}, only=Exec("sleep 100", suppress_errors=True))
    steps = group(
        Serial, {"max_time": 6, "stop_on_error": False}, **{f"step{number}": "sleep 1" for number in range(9)}
    )
    made = place.make(group(Parallel, None, late=late, steps=steps))
    assert place.run(made, "late").status == 2
    assert place.run(made, "steps").status == 2
    assert "steps/step0" in made.ended("done")
    assert "steps/step8" in made.ended("unrun"), "a group begins with its first Exec, not with each"


@MOSTLY_ON_HOST
def test_the_time_of_a_group_is_over_for_all_attempts_in_it_and_anew_for_its_own(place: Place) -> None:
    tried = Exec("echo x >>$SHARED/in; sleep 100", retries=50, max_time=1, suppress_errors=True)
    inner = group(Serial, {"max_time": 4, "suppress_errors": True}, a=tried)
    again = "echo x >>$SHARED/own; [ $(cat $SHARED/own | wc -l) -lt 3 ] || exit 0; sleep 100"
    own = group(Serial, {"max_time": 6, "retries": 2}, b=again)
    made = place.make(group(Parallel, None, inner=inner, own=own))
    ran = place.run(made)
    assert ran.status == 0, ran.err
    assert 2 <= len(place.lines("in")) <= 5
    assert len(place.lines("own")) == 3
    assert made.ended("done") == {"own/b"}


@MOSTLY_ON_HOST
def test_a_group_around_one_that_is_tried_again_has_its_time_for_all(place: Place) -> None:
    tried = group(Serial, {"retries": 50}, a="echo x >>$SHARED/a; sleep 1; false")
    made = place.make(group(Serial, {"max_time": 8}, tried=tried, rest=COUNT.format("rest")))
    assert place.run(made).status == 2
    assert 2 <= len(place.lines("a")) <= 10
    assert place.lines("rest") == []


# --- max_concurrent -----------------------------------------------------------------------------------------------------

BUSY = "echo + $CONDUCTO_NODE >>$SHARED/busy; sleep 1.5; echo - $CONDUCTO_NODE >>$SHARED/busy"


def at_once(lines: list[str]) -> Iterator[tuple[int, int]]:
    """How many Execs ran at once at each moment: all of them, and those under `in`."""
    running: set[str] = set()
    for line in lines:
        sign, node = line.split()
        (running.add if sign == "+" else running.remove)(node)
        yield len(running), sum("/in/" in name for name in running)


@MOSTLY_ON_HOST
def test_no_more_execs_run_at_once_than_every_group_around_allows(place: Place) -> None:
    inner = group(Parallel, {"max_concurrent": 1}, **{f"e{number}": BUSY for number in range(3)})
    outer = group(Parallel, {"max_concurrent": 3}, **{f"e{number}": BUSY for number in range(5)})
    outer["in"] = group(Serial, None, only=inner)
    beside = group(Parallel, None, **{f"free{number}": "sleep 0.1" for number in range(3)})
    made = place.make(group(Parallel, None, outer=outer, beside=beside))
    ran = place.run(made, "-j8")
    assert ran.status == 0, ran.err
    found = list(at_once(place.lines("busy")))
    assert len(found) == 16
    assert max(found)[0] == 3, "the room is used, and no more"
    assert max(inner for _, inner in found) == 1


def test_a_limit_that_changes_nothing_is_not_in_the_makefile() -> None:
    root = group(Serial, {"max_concurrent": 1}, a="true", b="true")
    assert "slots" not in str(document(plan(root)))
    root["c"] = group(Parallel, None, d="true", e="true")
    assert "slots" in str(document(plan(root)))


@pytest.mark.needs("make")
def test_a_failure_and_an_attempt_leave_no_slot_taken(tmp_path: Path) -> None:
    place = Place(tmp_path, "host")
    inner = group(Parallel, {"max_concurrent": 1, "retries": 1}, a=Exec("false", retries=2), b="false", c=BUSY)
    made = place.make(group(Parallel, {"max_concurrent": 2}, inner=inner, d=BUSY, e=BUSY))
    assert place.run(made).status == 2
    found = [inner for _, inner in at_once([line.replace("/inner/", "/in/") for line in place.lines("busy")])]
    assert (len(found), max(found)) == (8, 1)
    assert list((made.state / "slot").glob("*/*")) == []


# --- one container ------------------------------------------------------------------------------------------------------

DETACHED = "sleep 301 & (sleep 302 &); setsid sleep 303 & set -m; sleep 304 & true"
WAIT = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do [ -e {0} ] && exit 0; sleep 0.5; done; exit 1"


@pytest.mark.needs(*DOCKER)
def test_execs_under_new_share_a_container_and_others_do_not(tmp_path: Path) -> None:
    sides = group(
        Parallel, None, a="touch /tmp/a; " + WAIT.format("/tmp/b"), b="touch /tmp/b; " + WAIT.format("/tmp/a")
    )
    own = group(Serial, {"container_reuse_context": NEW}, c="test ! -e /tmp/a; touch /tmp/own", d="test -e /tmp/own")
    apart = Exec("test ! -e /tmp/a", container_reuse_context=GLOBAL)
    shared = group(
        Serial,
        {"container_reuse_context": NEW, "mem": 0.5, "docker_run_args": "--hostname=same"},
        sides=sides,
        see=Exec('ls /tmp; hostname; echo "$A $0 $#"; cat; pwd', env={"A": "it's $1\n"}),
        own=own,
        apart=apart,
        last="ls /tmp",
    )
    made = makefile(tmp_path, group(Serial, None, shared=shared, after="ls /tmp"))
    ran = made.run("-j4")
    assert ran.status == 0, ran.err
    assert made.log("shared/see") == b"a\nb\nsame\nit's $1\n sh 0\n/\n"
    assert made.log("shared/last") == b"a\nb\n"
    assert made.log("after") == b""
    assert docker("ps", "-aq", "--filter", f"label=conducto.state={made.state}") == []


@pytest.mark.needs(*DOCKER)
def test_in_a_shared_container_each_exec_has_its_own_env_and_secrets(tmp_path: Path) -> None:
    show = 'echo "$A $B"; export -p | grep -c CONDUCTO_S; true'
    root = group(Serial, {"container_reuse_context": NEW, "stop_on_error": False})
    root["a"] = Exec(show, env={"A": Secret("TOKEN"), "B": "b"})
    root["b"] = Exec(show, env={"A": "a", "B": Secret("OTHER")}, suppress_errors=True)
    root["c"] = Exec(show, env={"A": "a"})
    made = makefile(tmp_path, root)
    assert made.run(env={"TOKEN": "it's $1"}).status == 0
    assert (made.log("a"), made.log("c")) == (b"it's $1 b\n0\n", b"a \n0\n")
    assert b"no secret OTHER" in made.log("b")


@pytest.mark.needs(*DOCKER)
def test_in_a_shared_container_an_exec_leaves_nothing_running_and_its_failure_is_its_own(tmp_path: Path) -> None:
    at_once_ = group(
        Parallel,
        None,
        strays=DETACHED,
        killed=Exec("kill -9 $$", suppress_errors=True),
        slow=Exec("trap 'echo told' TERM; while :; do sleep 0.5; done", max_time=1, suppress_errors=True),
        steady="sleep 4; echo steady",
        group=Exec("kill -9 0", suppress_errors=True),
        deaf=Exec("(trap '' TERM; sleep 305) & sleep 0.5; kill 0", suppress_errors=True),
    )
    root = group(Serial, {"container_reuse_context": NEW}, at_once=at_once_, look="ps -o args | grep '^sleep'; true")
    made = makefile(tmp_path, root)
    ran = made.run("-j8")
    assert ran.status == 0, ran.err
    assert made.log("at_once/steady") == b"steady\n"
    assert made.log("at_once/slow").count(b"told") == 1
    assert made.log("look") == b""
    assert "FAILED at_once/killed: exit status 137" in ran.err
    assert "FAILED at_once/slow: over its max_time of 1s" in ran.err


@pytest.mark.needs(*DOCKER)
def test_attempts_share_the_container_of_a_new_node_around_and_have_a_new_one_each_under_it(tmp_path: Path) -> None:
    place = Place(tmp_path, "docker")
    left = "[ ! -e /tmp/left ] || echo found >>$SHARED/{0}.left; touch /tmp/left; "
    around = group(
        Serial,
        {"container_reuse_context": NEW},
        exec=Exec(left.format("exec") + THIRD.format("exec"), retries=2),
        group=group(Serial, {"retries": 2}, a=left.format("group") + THIRD.format("group")),
    )
    under = group(
        Serial, {"container_reuse_context": NEW, "retries": 2}, a=left.format("under"), b=THIRD.format("under")
    )
    made = place.make(group(Serial, None, around=around, under=under))
    ran = place.run(made)
    assert ran.status == 0, ran.err
    assert len(place.lines("exec.left")) == 2
    assert len(place.lines("group.left")) == 3
    assert place.lines("under.left") == []
    assert docker("ps", "-aq", "--filter", f"label=conducto.state={made.state}") == []


@pytest.mark.needs(*DOCKER)
def test_a_shared_container_is_gone_when_its_group_has_ended(tmp_path: Path) -> None:
    shared = group(
        Serial, {"container_reuse_context": NEW, "image": IMAGE, "suppress_errors": True}, a="true", b="false"
    )
    look = f"docker ps -aq --filter label=conducto.state='{tmp_path}/.conducto/state/pipeline'"
    made = makefile(tmp_path, group(Serial, None, shared=shared, after=look), "")
    assert made.run().status == 0
    assert made.log("after") == b""


@pytest.mark.needs(*DOCKER)
def test_one_exec_of_a_shared_container_runs_alone_and_the_container_is_removed(tmp_path: Path) -> None:
    root = group(Serial, None, shared=group(Serial, {"container_reuse_context": NEW}, a="touch /tmp/a", b="ls /tmp"))
    made = makefile(tmp_path, root)
    assert made.run("shared/b").status == 0
    assert made.log("shared/b") == b"a\n"
    assert docker("ps", "-aq", "--filter", f"label=conducto.state={made.state}") == []


@pytest.mark.needs(*DOCKER)
def test_a_shared_container_that_cannot_be_made_fails_its_execs(tmp_path: Path) -> None:
    bad = {"container_reuse_context": NEW, "docker_run_args": "--cpuset-cpus=99999"}
    root = group(Serial, {"stop_on_error": False}, shared=group(Parallel, bad, a="true", b="true"), after="true")
    made = makefile(tmp_path, root)
    ran = made.run()
    assert ran.status == 2
    assert (made.ended("failed"), made.ended("done")) == ({"shared/a", "shared/b"}, {"after"})
    assert "shared/a: FAILED: the container of shared could not be made" in ran.err
    assert re.search(b"cpuset", made.log("shared/a"))


@pytest.mark.needs("make")
def test_without_containers_execs_under_new_run_as_others(tmp_path: Path) -> None:
    root = group(Serial, {"container_reuse_context": NEW}, a="echo a", b=Exec("echo b", image=IMAGE))
    root["b"].image = None
    made = makefile(tmp_path, root)
    assert made.run("ENGINE=host").status == 0
    assert made.log("a") == b"a\n"
