"""Shared data on make: a folder of the run, mounted into containers or led to on this host, and one that outlives runs."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import conducto as co
from tests import host_data
from tests.makefiles import IMAGE, Makefile, Ran, document, makefile, plan, wait_for

DOCKER = ("make", "docker", f"image:{IMAGE}")
NEW = co.ContainerReuseContext.NEW
P, U = "/conducto/data/pipeline", "/conducto/data/user"


@dataclass(frozen=True)
class Place:
    """A folder for makefiles, and an engine."""

    folder: Path
    engine: str

    def make(self, root: co.Node, output: str = "pipeline.mk") -> Makefile:
        return makefile(self.folder, root, output=output)

    def run(self, made: Makefile, *words: str) -> Ran:
        return made.run(f"ENGINE={self.engine}", *words)


@pytest.fixture(
    params=[
        pytest.param("host", marks=pytest.mark.needs("make", "shared-data")),
        pytest.param("docker", marks=pytest.mark.needs(*DOCKER)),
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with host_data.for_engine(request.param):
        yield Place(tmp_path, request.param)


def serial(**children: str | co.Node) -> co.Node:
    """All of these, one after the other."""
    root = co.Serial(stop_on_error=False)
    for name, child in children.items():
        root[name] = co.Exec(child) if isinstance(child, str) else child
    return root


# --- what is seen -------------------------------------------------------------------------------------------------------

WRITES = f"""
    cd {P} && mkdir -p deep/er && echo one >deep/file && chmod 750 deep/file
    ln -s deep/file link && ln deep/file hard && mkfifo pipe && : >gone && : >overwritten
    printf two >'a name, with "quotes" and
a newline'
"""
#: Type and mode of all that is there, what two names of one file hold, and the names.
SHOWS = f"cd {P} && find . -mindepth 1 -exec stat -c %A {{}} \\;; cat link hard overwritten; printf '%s|' *"


def test_an_exec_sees_what_those_before_it_left_failed_ones_too(place: Place) -> None:
    made = place.make(
        serial(
            writes=WRITES,
            fails=f"cd {P} && rm gone && echo 2 >overwritten && rmdir deep/er && mv pipe moved; exit 3",
            shows=SHOWS,
        )
    )
    ran = place.run(made)
    assert (ran.status, made.ended("failed")) == (2, {"fails"}), ran.err
    *modes, one, other, overwritten, first, second = made.log("shows").decode().split("\n")
    assert (one, other, overwritten) == ("one", "one", "2")
    assert f"{first}\n{second}" == 'a name, with "quotes" and\na newline|deep|hard|link|moved|overwritten|'
    assert sorted(modes) == sorted(["-rw-r--r--"] * 2 + ["-rwxr-x---"] * 2 + ["drwxr-xr-x", "lrwxrwxrwx", "prw-r--r--"])


def test_a_run_begins_with_nothing_but_what_outlives_runs(place: Place) -> None:
    made = place.make(serial(a=f"ls -A {P} | wc -l; echo x >>{U}/runs; wc -l <{U}/runs; mkdir {P}/d; : >{P}/d/f"))
    for count in (1, 2):
        assert place.run(made).status == 0
        assert made.log("a").decode().split() == ["0", str(count)]
    assert (made.state / "data/pipeline/d/f").exists()
    assert made.run("clean").status == 0
    assert not made.state.exists()
    assert (place.folder / ".conducto/data/user/runs").read_text() == "x\nx\n"
    assert (place.folder / ".conducto/data/.gitignore").read_text() == "*\n"


def test_nobody_else_of_this_machine_comes_to_it(place: Place) -> None:
    made = place.make(serial(a=f"true {P} {U}"))
    assert place.run(made).status == 0
    for folder in (made.state / "data", place.folder / ".conducto/data"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for folder in (made.state / "data/pipeline", place.folder / ".conducto/data/user"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o777


def test_what_outlives_runs_is_one_for_a_repository_and_can_be_elsewhere(place: Place) -> None:
    one = place.make(serial(a=f"echo one >>{U}/x; cat {U}/x"))
    other = place.make(serial(a=f"echo other >>{U}/x; cat {U}/x"), output="sub/folder/other.mk")
    assert place.run(one).status == place.run(other).status == 0
    assert other.log("a") == b"one\nother\n"
    assert "\nUSER_DATA := ../../.conducto/data/user\n" in other.path.read_text()
    (place.folder / "else where").mkdir()
    assert place.run(other, "USER_DATA=../../else where").status == 0
    assert (place.folder / "else where/x").read_text() == "other\n"


def test_further_attempts_see_what_those_before_left(place: Place) -> None:
    counts = f"echo x >>{P}/NAME; test $(wc -l <{P}/NAME) -gt 2"
    group = co.Serial(retries=2)
    group["inner"] = co.Exec(counts.replace("NAME", "group"))
    made = place.make(serial(alone=co.Exec(counts.replace("NAME", "alone"), retries=2), group=group))
    assert place.run(made).status == 0
    assert (made.state / "data/pipeline/group").read_text() == "x\n" * 3


def test_nodes_that_name_it_not_do_not_have_it_in_their_containers(place: Place) -> None:
    made = place.make(serial(names=f"ls -d {P}", other="ls -d /conducto/*"))
    assert place.run(made).status == (2 if place.engine == "docker" else 0)
    assert made.ended("done") == ({"names"} if place.engine == "docker" else {"names", "other"})


# --- what is handed out -------------------------------------------------------------------------------------------------

OUT = f"""
    mkdir -p {P}/out/deep {P}/rest && cd {P}/out && echo done >report && chmod 640 report
    echo x >deep/x && chmod 700 deep && ln -s report link && ln -s /etc/passwd away
"""


@pytest.mark.parametrize("then", ["", "exit 1"])
def test_files_are_handed_out_failed_or_not(then: str, place: Place) -> None:
    made = place.make(serial(a=f"{OUT}\n{then}"))
    ran = place.run(made)
    assert ran.status == (2 if then else 0)
    out = made.state / "out"
    assert f"handed out: {out}\n" in ran.err
    assert {path.relative_to(out).as_posix() for path in out.rglob("*")} == {"report", "deep", "deep/x", "link", "away"}
    assert (stat.S_IMODE((out / "report").stat().st_mode), os.readlink(out / "away")) == (0o640, "/etc/passwd")
    assert stat.S_IMODE((out / "deep").stat().st_mode) == 0o700
    made.path.write_text(place.make(serial(a=f"true {P}")).path.read_text())
    assert "handed out" not in place.run(made).err
    assert not out.exists()


@pytest.mark.parametrize("how", ["ln -s /etc out", "ln -s ../.. out", "echo x >out"])
def test_what_is_no_folder_is_not_handed_out(how: str, place: Place) -> None:
    made = place.make(serial(a=f"cd {P} && {how}"))
    ran = place.run(made)
    assert ran.status == 0
    assert f"{P}/out is no folder, so it is not handed out" in ran.err
    assert not (made.state / "out").exists()


def test_a_run_that_is_interrupted_hands_out_too(place: Place) -> None:
    made = place.make(serial(a=f"{OUT}\nsleep 60"))
    running = made.start(f"ENGINE={place.engine}")
    wait_for((made.state / "data/pipeline/out/away").is_symlink)
    os.killpg(running.pid, signal.SIGINT)
    running.wait(timeout=60)
    assert (made.state / "out/report").read_text() == "done\n"


# --- containers ---------------------------------------------------------------------------------------------------------


@pytest.mark.needs(*DOCKER)
def test_a_container_that_is_shared_has_it_from_the_beginning(tmp_path: Path) -> None:
    inner = co.Serial(container_reuse_context=NEW)
    inner["first"] = co.Exec("echo here >/tmp/x")
    inner["second"] = co.Exec(f"cp /tmp/x {P}/x")
    made = makefile(tmp_path, serial(inner=inner, reads=f"cat {P}/x"))
    assert made.run().status == 0
    assert made.log("reads") == b"here\n"


def test_a_container_has_it_for_all_in_it() -> None:
    """Whoever is first makes the container; what names nothing asks for nothing where there is none."""
    root = co.Parallel()
    groups: dict[str, dict[str, co.Node]] = {
        "one": {"a": co.Exec("x"), "b": co.Exec(f"ls {P}")},
        "other": {"a": co.Exec("x"), "b": co.Exec("y")},
        "grows": {"a": co.Exec("x"), "l": co.Lazy("y")},
    }
    for name, inner in groups.items():
        root[name] = co.Serial(container_reuse_context=NEW)
        for key, node in inner.items():
            root[name][key] = node
    found = document(plan(root))
    execs = {node["target"]: set(node["exec"]) & {"data", "mounts"} for node in found["nodes"] if "exec" in node}
    assert execs.pop("one/b") == {"data"}
    assert {target for target, words in execs.items() if words == {"mounts"}} == {
        "one/a",
        "grows/a",
        "grows/l/Generate",
    }
    assert found["sharing"] == ["one/b"]


@pytest.mark.needs(*DOCKER)
def test_users_of_images_other_than_root_write_and_read_too(tmp_path: Path) -> None:
    def by(user: int) -> co.Image:
        return co.Image(dockerfile_text=f"FROM {IMAGE}\nUSER {user}:{user}\n")

    made = makefile(
        tmp_path,
        serial(
            one=co.Exec(
                f"umask 077; echo 1 >{P}/one; mkdir {P}/out; echo 1 >{U}/mine; echo private >{P}/out/x", image=by(1001)
            ),
            other=co.Exec(
                f"cat {P}/one; echo 2 >{P}/other && mv {P}/other {P}/one; rm {U}/mine; ls -A {U}", image=by(1002)
            ),
            root=f"stat -c %u:%a {P}/one; cat {P}/one",
        ),
    )
    for _ in range(2):
        ran = made.run()
        assert ran.status == 0, ran.err
        assert b"Permission denied" in made.log("other")
        assert made.log("root") == b"1002:644\n2\n"
    assert (made.state / "out/x").read_text() == "private\n"


@pytest.mark.needs(*DOCKER)
@pytest.mark.parametrize("name", ['a, "b": c', "quote' $HOME"])
def test_whatever_the_folder_of_the_makefile_is_called(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    made = makefile(tmp_path / name, serial(a=f"echo x >{P}/x", b=f"cat {P}/x"))
    ran = made.run()
    assert (ran.status, made.log("b")) == (0, b"x\n"), ran.err


@pytest.mark.needs(*DOCKER, "root")
def test_files_of_root_of_a_container_are_no_matter_to_a_caller_who_is_not_root() -> None:
    """As everywhere but on this machine: what is in the folders that such a container made, only root can remove."""
    command = f"umask 077; ls -A {P}; mkdir -p {P}/deep {P}/out; echo x >{P}/deep/x; echo kept >{P}/out/x"
    with tempfile.TemporaryDirectory(prefix="data-of-a-user-") as folder:
        made = makefile(Path(folder), serial(a=command))
        for path in (folder, made.path):
            os.chown(path, 1234, 1234)
        for words in ([], [], ["clean"]):
            done = subprocess.run(
                made.words(*words),
                user=1234,
                group=1234,
                extra_groups=[os.stat("/var/run/docker.sock").st_gid],
                env={**os.environ, "HOME": folder},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            if not words:
                assert made.log("a") == b""
                assert ((made.state / "out/x").stat().st_uid, (made.state / "out/x").read_text()) == (1234, "kept\n")
                assert (made.state / "data/pipeline/deep").stat().st_uid == 0
        assert not made.state.exists()


# --- this host ----------------------------------------------------------------------------------------------------------

HOST = pytest.mark.needs("make", "shared-data")


@HOST
def test_where_it_cannot_be_written_a_node_that_names_it_is_refused(tmp_path: Path) -> None:
    root = serial(free="touch ran", names=f"touch ran; ls {P}", more=f"ls {U}")
    with host_data.of_this_machine(there=False):
        made = makefile(tmp_path, root)
        ran = made.run("ENGINE=host")
        assert (ran.status, made.state.exists()) == (2, False)
        assert "names (and 1 more) names /conducto/data, which cannot be written here: make" in ran.err
        made = makefile(tmp_path, root, image="")
        assert "names (and 1 more) names /conducto/data" in made.run().err
        assert not (tmp_path / "ran").exists()


@HOST
@pytest.mark.needs(*DOCKER)
def test_nodes_with_a_container_and_without_share_it(tmp_path: Path) -> None:
    here, there = f"echo here >>{P}/x; echo here >>{U}/x", f"echo there >>{P}/x; echo there >>{U}/x"
    root = serial(a=here, b=co.Exec(there, image=IMAGE), c=f"cat {P}/x {U}/x")
    with host_data.of_this_machine() as data:
        made = makefile(tmp_path, root, image="")
        assert made.run().status == 0
        assert made.log("c") == b"here\nthere\nhere\nthere\n"
        assert list(data.iterdir()) == []
        (data / "user").mkdir()
        assert made.run().status == 0
        assert made.log("c") == b"here\nthere\nhere\nthere\n"
        assert (data / "user/x").read_text() == "here\nthere\n"


@HOST
def test_two_pipelines_do_not_have_it_at_once(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    waits = f"echo one >{P}/x; until [ -e go ]; do sleep 0.1; done; cat {P}/x"
    one, other = (
        makefile(tmp_path / "one", serial(a=waits)),
        makefile(tmp_path / "other", serial(a=f"echo other >{P}/x")),
    )
    with host_data.of_this_machine() as data:
        running = one.start("ENGINE=host")
        wait_for((data / "pipeline/x").exists)
        ran = other.run("ENGINE=host")
        assert ran.status == 2
        assert re.search(
            r"^a: /conducto/data is another pipeline's now, which process \d+ runs$", ran.err, re.MULTILINE
        )
        (tmp_path / "one/go").touch()
        assert running.wait(timeout=60) == 0
        assert one.log("a") == b"one\n"
        assert other.run("ENGINE=host").status == 0
        assert list(data.iterdir()) == []


@HOST
def test_what_a_run_that_was_killed_has_left_is_taken_over(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one = makefile(tmp_path / "one", serial(a=f"echo one >{P}/x; echo one >>{U}/x; sleep 60"))
    other = makefile(tmp_path / "other", serial(a=f"ls {P}; echo other >>{U}/x; cat {U}/x"))
    with host_data.of_this_machine() as data:
        running = one.start("ENGINE=host")
        wait_for((data / "pipeline/x").exists)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        assert (data / ".held").is_symlink()
        ran = other.run("ENGINE=host")
        assert (ran.status, other.log("a")) == (0, b"other\n"), ran.err
        assert list(data.iterdir()) == []
        one.run("stop")


@HOST
@pytest.mark.parametrize("what", ["folder", "link", "file"])
def test_what_no_run_has_made_is_left_alone(what: str, tmp_path: Path) -> None:
    with host_data.of_this_machine() as data:
        (tmp_path / "mine").mkdir()
        if what == "folder":
            (data / "pipeline").mkdir()
            (data / "pipeline/mine").touch()
        elif what == "link":
            (data / "pipeline").symlink_to(tmp_path / "mine")
        else:
            (data / "pipeline").touch()
        ran = makefile(tmp_path, serial(a=f"touch {P}/x")).run("ENGINE=host")
        assert ran.status == 2
        assert "a: /conducto/data/pipeline is not empty, and no run of a pipeline has made it\n" in ran.err
        assert {path.name for path in data.iterdir()} == {"pipeline"}
        assert list((tmp_path / "mine").iterdir()) == []


@HOST
def test_an_empty_folder_gives_way(tmp_path: Path) -> None:
    with host_data.of_this_machine() as data:
        (data / "pipeline").mkdir()
        assert makefile(tmp_path, serial(a=f"touch {P}/x")).run("ENGINE=host").status == 0
