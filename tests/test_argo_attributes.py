"""Each attribute on Argo: the command sees it. On the real node, where that is told by a kubelet or by argoexec, else on the
stand-in one; the controller is real on both.
"""

from __future__ import annotations

import hashlib
import secrets
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from conducto import runtime
from conducto.ir.images import Code
from conducto.ir.plan import File
from conducto.secret import Secret
from tests.argo_cluster import Cluster, Pod
from tests.argo_rows import IMAGE, group, leaf
from tests.machine import Machine
from tests.plugin_thorough import also
from tests.repositories import commit, git, initialised, served

pytestmark = pytest.mark.needs("argo", "cluster")

BASH, DEBIAN = (IMAGE._replace(base=f"local/{name}:1") for name in ("bash", "debian"))
#: Counts, on this machine, how often it was run with the same first argument: `{count}` is the number.
COUNT = 'f={folder}/{name}; echo >>"$f"; n=$(wc -l <"$f"); echo "attempt $n"; '


@pytest.fixture
def cluster(machine: Machine, tmp_path: Path) -> Cluster:
    return Cluster(machine, tmp_path)


def seconds(pod: Pod) -> float:
    """How long a pod of the real node had been there when the last of its containers ended; 0 if none of them ever began."""
    states = [container["state"].get("terminated", {}) for container in pod.spec["status"].get("containerStatuses", ())]
    begun = datetime.fromisoformat(pod.spec["status"]["startTime"])
    ended = [datetime.fromisoformat(state["finishedAt"]) for state in states if state.get("finishedAt")]
    return (max(ended, default=begun) - begun).total_seconds()


# --- secrets ------------------------------------------------------------------------------------------------------------


def test_a_command_sees_a_secret(cluster: Cluster) -> None:
    value = "v $(X) {{x}} ' \" $$"
    with cluster.secret(key=value, TOKEN="two") as name:
        kept = {"ONE": {"name": name, "key": "key"}, "TOKEN": {"name": name}}
        env = {"A": Secret("ONE"), "ARGO_TOKEN": Secret("TOKEN")}
        ran = cluster.run([leaf(-1, "", 'printf "<%s>\\n" "$A" "$ARGO_TOKEN"', env=env)], secrets=kept)
    assert ran.done
    assert ran.text("/") == [f"<{value}>", "<two>"]
    assert value not in str(ran.workflow)


def test_a_secret_that_is_missing_or_empty_fails_its_node_by_name(cluster: Cluster) -> None:
    missing = f"M{secrets.token_hex(4).upper()}"
    with cluster.secret(EMPTY="") as name:
        rows = [group(-1, "")]
        rows += [leaf(0, at.lower(), "echo ran", env={"X": Secret(at)}) for at in (missing, "EMPTY", "NO_KEY")]
        rows += [leaf(0, "other", "echo ran")]
        ran = cluster.run(rows, secrets={"EMPTY": {"name": name}, "NO_KEY": {"name": name}})
    assert not ran.done
    kept = {missing: "conducto-secrets", "EMPTY": name, "NO_KEY": name}
    for at, where in kept.items():
        words = f"conducto: secret {at} (key {at} of Secret {where}) is missing or empty"
        assert ran.text(f"/{at.lower()}") == [words]
    assert ran.text("/other") == ["ran"]


# --- images -------------------------------------------------------------------------------------------------------------

NAMES = ["a.py", f"deep/{'x' * 90}/{'y' * 90}", "ü/ñ 'q\" $X", "-dash", "new\nline", "..dots", "%s {{x}}"]
FILES = [File(name, "file", f"{at}\n".encode()) for at, name in enumerate(NAMES)]
FILES += [File("d/run.sh", "program", b"#!/bin/sh\necho I run\n"), File("link", "link", b"d/run.sh")]
FILES += [File("empty", "file", b""), File("block", "file", b"\xff" * 512)]
SUMS = [hashlib.sha256(file.data).hexdigest() for file in FILES if file.kind != "link"]
SEEN = "pwd; cd /mnt/conducto || exit; ./link; echo mine >new; cat new; "
SEEN += "find . -type f -exec sha256sum {} +; find . -type f -perm -1"


@pytest.mark.parametrize("image", [pytest.param(IMAGE, id="busybox"), also(DEBIAN, id="debian")])
def test_a_command_sees_a_copy_of_the_code_of_its_own(cluster: Cluster, image: Any) -> None:
    code = Code("folder")
    rows = [group(-1, "", "serial"), *(leaf(0, name, SEEN, image=image._replace(code=code)) for name in "ab")]
    ran = cluster.run(rows, "-p", "git-sha=it's", files={code: FILES})
    assert ran.done
    for path in ("/a", "/b"):
        lines = ran.text(path)
        assert lines[:3] == ["/mnt/conducto", "I run", "mine"]
        sums = sorted(line.lstrip("\\").split()[0] for line in lines[3:] if len(line) > 64)
        assert sums == sorted([*SUMS, hashlib.sha256(b"mine\n").hexdigest()])
        assert lines[-1] == "./d/run.sh"


def test_a_command_starts_elsewhere_where_the_image_says_so(cluster: Cluster) -> None:
    code = Code("folder")
    shown = 'pwd; ls /mnt/conducto; echo "<$CONDUCTO_GIT_SHA>"'
    rows = [leaf(-1, "", shown, image=IMAGE._replace(code=code, workdir=False))]
    ran = cluster.run(rows, "-p", "git-sha=abc", files={code: FILES[:1]})
    assert ran.text("/") == ["/", "a.py", "<abc>"]


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of a bare repository, served on this machine's loopback, and the commit of its branch `feature/x`."""
    work = tmp_path / "work"
    work.mkdir()
    initialised(work)
    for branch in ("main", "feature/x"):
        git(work, "checkout", "-q", "-B", branch)
        (work / "told").write_text(f"{branch}\n")
        last = commit(work)
    with served(work) as address:
        yield address, last


@pytest.mark.needs("git")
def test_a_command_sees_the_code_of_another_repository(cluster: Cluster, repository: tuple[str, str]) -> None:
    url, commit = repository
    shown = 'pwd; cat told; echo "$CONDUCTO_GIT_URL $CONDUCTO_GIT_BRANCH $CONDUCTO_GIT_SHA"'
    good, none = (IMAGE._replace(code=Code("clone", url=url, branch=name)) for name in ("feature/x", "none"))
    rows = [group(-1, ""), leaf(0, "good", shown, image=good), leaf(0, "none", shown, image=none, suppress_errors=True)]
    ran = cluster.run(rows)
    assert ran.done, "what cannot be fetched is a failure, and can be forgiven"
    assert ran.text("/good") == ["/mnt/conducto", "feature/x", f"{url} feature/x {commit}"]
    assert ran.text("/none") == []


def test_a_command_can_call_conducto(cluster: Cluster) -> None:
    code = Code("folder")
    source = b"def add(n: int, m: int = 2):\n    return n + m\n"
    rows = [leaf(-1, "", "conducto sums.py add --n=40", runtime=True, image=DEBIAN._replace(code=code))]
    ran = cluster.run(rows, files={code: [File("sums.py", "file", source)]}, archive=runtime.archive())
    assert ran.done
    assert ran.text("/") == ["42"]


@pytest.mark.parametrize(("shell", "told"), [("", "bash"), also("sh", "sh"), ("/bin/ash", "/bin/ash")])
def test_a_command_runs_in_the_shell_of_its_image(cluster: Cluster, shell: str, told: str) -> None:
    image = BASH._replace(shell=shell)
    ran = cluster.run([leaf(-1, "", 'echo "$0$BASH_VERSION"', image=image, env={"PATH": "/nowhere"})])
    (line,) = ran.text("/")
    assert line.startswith("bash5.") if told == "bash" else line == told


def test_a_command_runs_on_its_platform(cluster: Cluster) -> None:
    """The kubelet itself refuses a pod that its labels do not allow."""
    here, other = ("amd64", "arm64") if _machine() == "x86_64" else ("arm64", "amd64")
    images = {name: IMAGE._replace(platform=f"linux/{name}") for name in (here, other)}
    rows = [group(-1, ""), *(leaf(0, name, "uname -m", image=image) for name, image in images.items())]
    ran = cluster.run(rows)
    assert not ran.done
    assert ran.text(f"/{here}") == [_machine()]
    (pod,) = ran.of(f"/{other}")
    assert pod.spec["status"]["reason"] == "NodeAffinity"


def _machine() -> str:
    return subprocess.run(["uname", "-m"], check=True, capture_output=True, text=True).stdout.strip()


# --- what people and the scheduler see ------------------------------------------------------------------------------------


def test_titles_tags_and_options_reach_pods_and_the_run(cluster: Cluster) -> None:
    options = {"nodeSelector": {"kubernetes.io/os": "linux"}, "tolerations": [{"key": "x", "operator": "Exists"}]}
    options |= {"labels": {"team": "one"}, "annotations": {"example.org/n": "a: b"}}
    rows = [group(-1, "", title="All {{of}} it", doc="Told", tags=("ci", "a b"))]
    rows += [leaf(0, "a", title="One", doc="Two", tags=("slow",), options={"argo": options}), leaf(0, "b")]
    ran = cluster.run(rows, real=False, labels={"pool": "ci"})
    (a,), (b,) = ran.of("/a"), ran.of("/b")
    labels, annotations = (a.spec["metadata"][key] for key in ("labels", "annotations"))
    assert {"tag.conducto/slow": "true", "team": "one", "pool": "ci"}.items() <= labels.items()
    told = {"conducto/node": "/a", "conducto/title": "One", "conducto/doc": "Two", "example.org/n": "a: b"}
    assert told.items() <= annotations.items()
    assert a.spec["spec"]["nodeSelector"] == options["nodeSelector"]
    assert "x" in [toleration["key"] for toleration in a.spec["spec"]["tolerations"]]
    assert "nodeSelector" not in b.spec["spec"]
    meta = ran.workflow["metadata"]
    assert {"tag.conducto/ci": "true", "pool": "ci"}.items() <= meta["labels"].items()
    assert meta["annotations"]["workflows.argoproj.io/title"] == "All { {of}} it"
    assert meta["annotations"]["workflows.argoproj.io/description"] == "Told"


#: Who the token of a pod is of.
ACCOUNT = "cut -d. -f2 /var/run/secrets/kubernetes.io/serviceaccount/token | tr _- /+ | base64 -d 2>/dev/null; true"


def test_a_pod_runs_as_the_account_of_its_node(cluster: Cluster) -> None:
    own = leaf(0, "own", ACCOUNT, options={"argo": {"serviceAccountName": "default"}})
    ran = cluster.run([group(-1, ""), own, leaf(0, "usual", ACCOUNT)])
    assert ran.done, "an account that a node names may tell how its pods ended, too"
    assert "system:serviceaccount:argo:default" in "".join(ran.text("/own"))
    assert f"system:serviceaccount:argo:{ran.workflow['metadata']['name']}" in "".join(ran.text("/usual"))


# --- attempts, times, numbers ---------------------------------------------------------------------------------------------


def count(folder: Path, name: str, good: int) -> str:
    """A command of the stand-in node that tells how often it was run, and succeeds at the run `good`."""
    return COUNT.format(folder=folder, name=name) + f'[ "$n" -ge {good} ]'


@pytest.mark.parametrize(
    ("retries", "attempts", "done"), [also(0, 1, False), (1, 2, False), also(2, 3, True), (5, 3, True)]
)
def test_an_exec_is_tried_again(cluster: Cluster, tmp_path: Path, retries: int, attempts: int, done: bool) -> None:
    ran = cluster.run([leaf(-1, "", count(tmp_path, "n", 3), retries=retries)], real=False)
    assert [pod.lines for pod in ran.of("/")] == [[f"attempt {n + 1}"] for n in range(attempts)]
    assert ran.done is done


@pytest.mark.parametrize("kind", ["parallel", "serial", "goes on"])
def test_a_group_is_tried_again_as_a_whole(cluster: Cluster, tmp_path: Path, kind: str) -> None:
    more = {"stop_on_error": kind != "goes on"}
    rows = [group(-1, "", "serial"), group(0, "g", "parallel" if kind == "parallel" else "serial", retries=2, **more)]
    rows += [leaf(1, "a", count(tmp_path, "a", 1)), leaf(1, "b", count(tmp_path, "b", 4), retries=1), leaf(1, "c")]
    rows += [leaf(0, "next")]
    ran = cluster.run(rows, real=False)
    assert ran.done
    assert [len(ran.of(path)) for path in ("/g/a", "/g/b", "/next")] == [2, 4, 1]
    assert len(ran.of("/g/c")) == (1 if kind == "serial" else 2)


def test_what_is_forgiven_is_so_after_its_last_attempt(cluster: Cluster, tmp_path: Path) -> None:
    rows = [group(-1, "", "serial", stop_on_error=False)]
    rows += [
        leaf(0, "a", "exit 64", retries=1, suppress_errors=True),
        group(0, "g", "serial", retries=1, suppress_errors=True),
    ]
    rows += [leaf(2, "x", "kill -9 $$"), leaf(2, "y"), leaf(0, "z")]
    ran = cluster.run(rows, real=False)
    assert ran.done
    assert [len(ran.of(path)) for path in ("/a", "/g/x", "/g/y", "/z")] == [2, 2, 0, 1]


#: Half a minute and more, in steps between which a signal is heard.
WAIT = "n=0; while [ $n -lt 45 ]; do sleep 1; n=$((n + 1)); done"


def test_an_exec_is_ended_at_its_limit(cluster: Cluster) -> None:
    """By a real kubelet: within 30 s, whatever it makes of SIGTERM, in each attempt; siblings go on."""
    rows = [group(-1, "", "serial", stop_on_error=False), group(0, "p")]
    rows += [
        leaf(1, "sleeps", "sleep 45; echo ended", max_time=8, retries=1),
        leaf(1, "exits", f"trap 'exit 0' TERM; {WAIT}", max_time=8),
        leaf(1, "stays", f"trap '' TERM; {WAIT}", max_time=8),
        leaf(1, "sibling", "sleep 25; echo ended"),
        leaf(1, "quick", "echo ended", max_time=60),
        leaf(0, "next", "echo ended"),
    ]
    ran = cluster.run(rows)
    assert not ran.done
    assert [len(ran.of(f"/p/{name}")) for name in ("sleeps", "exits", "stays")] == [2, 1, 1]
    late = [pod for name in ("sleeps", "exits", "stays") for pod in ran.of(f"/p/{name}")]
    assert {pod.spec["status"]["reason"] for pod in late} == {"DeadlineExceeded"}
    # On a busy machine a limit is over before a container has begun.
    lasted = [found for found in map(seconds, late) if found]
    assert lasted
    assert all(8 <= found < 8 + 30 for found in lasted), lasted
    assert [ran.text(f"/{name}") for name in ("p/sibling", "p/quick", "next")] == [["ended"]] * 3


def test_a_run_is_ended_at_the_limit_of_its_root(cluster: Cluster) -> None:
    rows = [
        group(-1, "", "serial", max_time=4, stop_on_error=False),
        leaf(0, "a", "sleep 40", retries=3),
        leaf(0, "b"),
    ]
    ran = cluster.run(rows, real=False)
    assert not ran.done
    assert [len(ran.of(path)) for path in ("/a", "/b")] == [1, 0]
    begun = datetime.fromisoformat(ran.workflow["status"]["startedAt"]).timestamp()
    assert 4 <= ran.of("/a")[0].end / 1e9 - begun < 4 + 30


def test_a_group_of_one_is_ended_at_its_limit(cluster: Cluster) -> None:
    rows = [
        group(-1, "", "serial"),
        group(0, "g", max_time=3, suppress_errors=True),
        leaf(1, "a", "sleep 40"),
        leaf(0, "b"),
    ]
    ran = cluster.run(rows, real=False)
    assert ran.done
    assert [len(ran.of(path)) for path in ("/g/a", "/b")] == [1, 1]
    (late,) = ran.of("/g/a")
    assert 3 <= (late.end - late.start) / 1e9 < 3 + 30


#: Lasts long enough to meet others, and fails every other time.
UNSURE = COUNT + 'sleep 0.1; [ "$((n % 2))" = 0 ]'


#: Waits until so many have begun, so that they are there at once however slow this machine is.
MEET = 'echo >>{folder}/begun; i=0; while [ "$(wc -l <{folder}/begun)" -lt {most} ] && [ "$i" -lt 300 ]; do '
MEET += "sleep 0.1; i=$((i + 1)); done; "


def several(parent: int, tmp_path: Path, count: int, meet: int = 1) -> list[Any]:
    """Leaves that each fail once; the first `meet` of all that begin wait for each other."""
    names = [f"{parent}-{at}" for at in range(count)]
    command = MEET + UNSURE
    return [leaf(parent, name, command.format(folder=tmp_path, name=name, most=meet), retries=1) for name in names]


def test_a_run_has_no_more_commands_at_once_than_its_root_allows(cluster: Cluster, tmp_path: Path) -> None:
    rows = [group(-1, "", max_concurrent=3)]
    for at in range(3):
        rows += [group(0, f"g{at}", "parallel" if at else "serial")]
        rows += several(len(rows) - 1, tmp_path, 3, meet=3)
    ran = cluster.run(rows, real=False)
    assert (ran.done, len(ran.pods), ran.most("/")) == (True, 18, 3)


def test_a_group_has_no_more_children_at_once_than_it_allows(cluster: Cluster, tmp_path: Path) -> None:
    rows = [
        group(-1, ""),
        group(0, "g", max_concurrent=2),
        *several(1, tmp_path, 6, meet=2),
        leaf(0, "other", "sleep 1"),
    ]
    ran = cluster.run(rows, real=False)
    assert (ran.done, len(ran.pods), ran.most("/g/")) == (True, 13, 2)


@pytest.mark.parametrize("most", [1, also(4)])
def test_a_limit_above_groups_holds_for_all_below(cluster: Cluster, tmp_path: Path, most: int) -> None:
    rows = [group(-1, ""), group(0, "g", max_concurrent=most), leaf(0, "other", "sleep 1")]
    for at in range(3):
        rows += [group(1, f"h{at}", ("serial", "parallel")[at % 2], stop_on_error=False, retries=at)]
        rows += several(len(rows) - 1, tmp_path, 3)
    ran = cluster.run(rows, real=False)
    assert (ran.done, len(ran.pods)) == (True, 19)
    assert ran.most("/g/") <= most
