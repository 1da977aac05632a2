"""What the make target makes of a node's attributes, as the node's command sees it."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from conducto.diagnostics import Report
from conducto.image import Image
from conducto.nodes import Exec, Node, Parallel, Serial
from conducto.secret import Secret
from tests.makefiles import IMAGE, MAKE, Makefile, Ran, docker, document, makefile, plan, wait_for
from tests.plugin_thorough import also

BASH, PYTHON = "local/bash:1", "local/debian:1"
DOCKER = ("make", "docker", f"image:{IMAGE}")
ENGINES = [
    pytest.param("host", marks=pytest.mark.needs("make")),
    pytest.param("docker", marks=pytest.mark.needs(*DOCKER)),
]


@dataclass(frozen=True)
class Place:
    """A makefile's folder and an engine, with a folder that all commands see as $SHARED."""

    folder: Path
    engine: str

    @property
    def shared(self) -> Path:
        return self.folder / "shared"

    def make(self, root: Node) -> Makefile:
        """The makefile of a tree."""
        self.shared.mkdir(exist_ok=True)
        root.env["SHARED"] = str(self.shared) if self.engine == "host" else "/shared"
        return makefile(self.folder, root)

    def run(self, made: Makefile, *words: str, env: Mapping[str, str] | None = None) -> Ran:
        """Run it to its end."""
        flags = [f"RUN_FLAGS=--network=host -v {self.shared}:/shared"] if self.engine == "docker" else ["ENGINE=host"]
        return made.run(*flags, *words, env=env)

    def lines(self, name: str) -> list[str]:
        """The lines that commands wrote to a file there."""
        file = self.shared / name
        return file.read_text().splitlines() if file.exists() else []


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Place(tmp_path, request.param)


def serial(**children: Node | str) -> Node:
    root = Serial(stop_on_error=False)
    for name, child in children.items():
        root[name] = Exec(child) if isinstance(child, str) else child
    return root


# --- secrets ------------------------------------------------------------------------------------------------------------

#: Values that a shell, a list of words, or docker's client would act on.
VALUES = {
    "PLAIN": "hunter2-of-the-test",
    "HARD": 'it\'s "$HOME" \\ `id` $(id) \t*\n two\n\n',
    "ELSEWHERE": "tcp://nowhere:1",
    "NOWHERE": "/nowhere",
}
#: The variables that hold them; what docker's client and a shell look at among them.
NAMES = {"plain": "PLAIN", "HARD": "HARD", "DOCKER_HOST": "ELSEWHERE", "PATH": "NOWHERE", "HOME": "NOWHERE"}
SHOW = "".join(f'printf "%s\\0" "${name}"\n' for name in NAMES)
#: Not by `env`, which the secret PATH hides.
OURS = 'export -p | while read -r export name; do case $name in *CONDUCTO_*) echo "${name%%=*}" ;; esac; done'


def test_a_secret_comes_from_the_callers_environment_exactly(place: Place) -> None:
    secrets = {name: Secret(secret) for name, secret in NAMES.items()}
    made = place.make(serial(show=Exec(SHOW, env={**secrets, "TEXT": "t"}), ours=Exec(OURS, env=secrets)))
    ran = place.run(made, env=VALUES)
    assert ran.status == 0, ran.err
    assert made.log("show").decode().split("\0")[:-1] == [VALUES[secret] for secret in NAMES.values()]
    found = set(re.findall(r"CONDUCTO_\w+", made.log("ours").decode()))
    assert found == {"CONDUCTO_NODE", "CONDUCTO_PIPELINE_ID"}


@pytest.mark.parametrize("given", [{}, {"TOKEN": ""}])
def test_a_secret_that_is_not_there_fails_the_node_before_its_command(given: dict[str, str], place: Place) -> None:
    began = "touch $SHARED/began"
    root = serial(
        lacks=Exec(began, env={"A": Secret("TOKEN")}, retries=2),
        forgiven=Exec(began, env={"A": Secret("TOKEN")}, suppress_errors=True),
        free="true",
    )
    made = place.make(root)
    ran = place.run(made, env=given)
    assert ran.status == 2
    assert (made.ended("failed"), made.ended("done")) == ({"lacks", "forgiven"}, {"free"})
    assert not (place.shared / "began").exists()
    assert "lacks: FAILED: no secret TOKEN" in ran.err
    assert b"TOKEN" in made.log("lacks")
    assert place.run(made, "forgiven", env=given).status == 0


@contextmanager
def watched_processes() -> Iterator[set[bytes]]:
    """The command lines of all processes that are seen meanwhile."""
    seen: set[bytes] = set()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            for process in Path("/proc").iterdir():
                if process.name.isdigit():
                    try:
                        seen.add((process / "cmdline").read_bytes())
                    except OSError:
                        continue

    looker = threading.Thread(target=look)
    looker.start()
    try:
        yield seen
    finally:
        over.set()
        looker.join()


def test_the_value_of_a_secret_stands_in_no_process_list_and_no_file(place: Place) -> None:
    value = "s3cret-of-the-test"
    made = place.make(serial(a=Exec('sleep 1; test -n "$A" && sleep 1', env={"A": Secret("TOKEN"), "B": "in sight"})))
    with watched_processes() as seen:
        assert place.run(made, env={"TOKEN": value}).status == 0
    assert any(b"B=in sight" in line for line in seen), "or nothing would be found"
    assert not [line for line in seen if value.encode() in line]
    for file in place.folder.rglob("*"):
        assert not file.is_file() or value.encode() not in file.read_bytes(), file


def test_a_name_that_make_or_a_shell_gives_a_value_is_refused() -> None:
    for name, refused in (("STATE", True), ("MAKEFLAGS", True), ("PWD", True), ("_", True), ("STATES", False)):
        report = Report()
        MAKE.document(plan(serial(a=Exec("true", env={"A": Secret(name)}))), report)
        assert [(error.code, error.node) for error in report.errors] == ([("C313", "/a")] if refused else []), name


# --- docker's own -------------------------------------------------------------------------------------------------------

PING = """python3 - <<'END'
import socket
s = socket.socket(socket.AF_UNIX)
s.connect("/var/run/docker.sock")
s.sendall(b"GET /_ping HTTP/1.0\\r\\n\\r\\n")
print(s.recv(1000).decode().split("\\r\\n")[0])
END
id -u"""


@pytest.mark.needs(*DOCKER, f"image:{PYTHON}")
def test_a_command_may_call_docker_whoever_it_is(tmp_path: Path) -> None:
    # As root's own group it would be nobody's: the socket is given to a group that the container does not know.
    root = serial(
        root=Exec(PING, requires_docker=True, image=PYTHON),
        user=Exec(PING, requires_docker=True, image=PYTHON, docker_run_args=["--user=1234:1234"]),
        none=Exec("test ! -e /var/run/docker.sock"),
    )
    made = makefile(tmp_path, root)
    assert made.run().status == 0
    assert made.log("root") == b"HTTP/1.0 200 OK\n0\n"
    assert made.log("user") == b"HTTP/1.0 200 OK\n1234\n"


@pytest.mark.needs("make")
def test_what_is_dockers_means_nothing_without_a_container(tmp_path: Path) -> None:
    root = serial(a=Exec("echo here", requires_docker=True, docker_run_args="--hostname=x"))
    made = makefile(tmp_path, root)
    assert made.run("ENGINE=host").status == 0
    assert made.log("a") == b"here\n"


@pytest.mark.needs(*DOCKER)
def test_words_for_docker_run_reach_it_as_they_are(tmp_path: Path) -> None:
    odd = tmp_path / "a b'$HOME\n\"#"
    odd.mkdir()
    (odd / "file").write_text("read")
    words = ["--hostname=it-is-me", "--tmpfs", "/here", "-v", f"{odd}:/odd", f"--label=l={'x' * 400}"]
    made = makefile(
        tmp_path, serial(a=Exec("hostname; ls -d /here; cat /odd/file", docker_run_args=words, env={"A": "b"}))
    )
    ran = made.run()
    assert ran.status == 0, ran.err
    assert made.log("a").decode() == "it-is-me\n/here\nread"


def platforms() -> tuple[str, str]:
    """Docker's own platform, and another one."""
    own = docker("version", "--format", "{{.Server.Os}}/{{.Server.Arch}}")[0]
    return own, "linux/arm64" if own.endswith("amd64") else "linux/amd64"


@pytest.mark.needs(*DOCKER)
def test_a_platform_is_what_the_container_is_for_or_the_node_fails(tmp_path: Path) -> None:
    own, other = platforms()
    root = serial(
        own=Exec("uname -m", image=Image(IMAGE, platform=own)),
        other=Exec("uname -m", image=Image(IMAGE, platform=other)),
        built=Exec("uname -m", image=Image(dockerfile_text=f"FROM {IMAGE}\nRUN true", platform=other)),
    )
    made = makefile(tmp_path, root)
    ran = made.run()
    assert ran.status == 2
    assert (made.ended("done"), made.ended("failed")) == ({"own"}, {"other", "built"})
    for name in ("other", "built"):
        assert f"{name}: FAILED: its image could not be made" in ran.err
    assert f"--platform={own}" in made.path.read_text()


@pytest.mark.needs(*DOCKER, f"image:{BASH}")
def test_a_shell_is_the_images_own_bash_or_sh_or_the_one_chosen(tmp_path: Path) -> None:
    show = 'echo "$0 $# ${BASH_VERSION:+bash}"'
    root = serial(
        bash=Exec(show, image=BASH),
        sh=Exec(show, image=Image(BASH, shell="sh")),
        path=Exec(show, image=Image(BASH, shell="/bin/sh")),
        none=Exec(show, image=Image(BASH, shell="zsh"), suppress_errors=True),
    )
    made = makefile(tmp_path, root)
    assert made.run().status == 0
    shown = {name: made.log(name).decode() for name in ("bash", "sh", "path")}
    assert shown == {"bash": "bash 0 bash\n", "sh": "sh 0 \n", "path": "/bin/sh 0 \n"}
    assert made.ended("failed") == {"none"}
    assert made.run("ENGINE=host", "HOST_IMAGES=ignore", "sh").status == 0
    assert made.log("sh").decode().startswith("sh 0")


# --- what is only shown -------------------------------------------------------------------------------------------------


def test_titles_tags_and_docs_are_comments() -> None:
    node = Exec("true", title="Wash: it\nall", tags=["a", "b\\"], doc="Long\n\nstory.\\")
    text = MAKE.render(document(plan(serial(a=node))))["pipeline.mk"]
    assert "\n# Wash: it\\nall\n# [a, b\\]\n# Long\n# story.\\.\na:\n" in text


# --- retries ------------------------------------------------------------------------------------------------------------

#: Writes a line to $SHARED/NAME, and ends well at the third.
THIRD = 'echo "$HOSTNAME" >>$SHARED/{0}; echo say {0}; test $(wc -l <$SHARED/{0}) -ge 3'


def test_an_exec_is_tried_again_until_it_is_done_or_no_attempt_is_left(place: Place) -> None:
    root = serial(
        third=Exec(THIRD.format("third"), retries=4),
        never=Exec("echo x >>$SHARED/never; exit 7", retries=1),
        forgiven=Exec("echo x >>$SHARED/forgiven; false", retries=2, suppress_errors=True),
        once="echo x >>$SHARED/once; false",
    )
    made = place.make(root)
    ran = place.run(made)
    assert ran.status == 2
    counts = {name: len(place.lines(name)) for name in ("third", "never", "forgiven", "once")}
    assert counts == {"third": 3, "never": 2, "forgiven": 3, "once": 1}
    assert (made.ended("done"), made.ended("failed")) == ({"third"}, {"never", "forgiven", "once"})
    assert made.log("third") == b"say third\n---- attempt 2 of 5\nsay third\n---- attempt 3 of 5\nsay third\n"
    assert "never: attempt 1 of 2 failed: exit status 7" in ran.err
    assert re.search(r"FAILED never: exit status 7, after \d+s in attempt 2 of 2", ran.err)
    assert place.run(made, "forgiven").status == 0


@pytest.mark.needs(*DOCKER)
def test_each_attempt_has_a_fresh_container(tmp_path: Path) -> None:
    place = Place(tmp_path, "docker")
    left = "test ! -e /tmp/left || echo found >>$SHARED/left; touch /tmp/left; "
    own_names = f"RUN_FLAGS=-v {place.shared}:/shared"  # on the host's network they all have the host's
    assert place.run(place.make(serial(a=Exec(left + THIRD.format("a"), retries=2))), own_names).status == 0
    assert len(set(place.lines("a"))) == 3
    assert place.lines("left") == []


# --- max_time -----------------------------------------------------------------------------------------------------------

TOLD = "trap 'echo told; exit 0' TERM; echo x >>$SHARED/told; sleep 100 & wait"
DEAF = "trap '' TERM; while :; do sleep 0.5; done"


def test_what_takes_too_long_is_ended_and_has_failed(place: Place) -> None:
    root = Parallel()
    commands = {"slow": "sleep 100", "told": TOLD, "deaf": DEAF, "brood": "sleep 101 & sleep 102"}
    for name, command in commands.items():
        root[name] = Exec(command, max_time=2)
    root["quick"] = Exec("sleep 1; echo done", max_time=20)
    root["free"] = Exec("sleep 5; echo done")
    made = place.make(root)
    began = time.monotonic()
    ran = place.run(made, "-j8")
    assert time.monotonic() - began < 2 + 30 + 10
    assert ran.status == 2
    assert (made.ended("failed"), made.ended("done")) == (set(commands), {"quick", "free"})
    assert made.log("told") == b"told\n"
    assert made.log("quick") == made.log("free") == b"done\n"
    assert "FAILED slow: over its max_time of 2s" in ran.err
    took = {name: int(re.search(rf"^FAILED {name}: .* after (\d+)s", ran.err, re.M)[1]) for name in commands}  # type: ignore[index]
    assert 2 + 10 <= took["deaf"] <= 2 + 30, "SIGTERM, and 10 seconds later SIGKILL"
    assert took["slow"] + 5 < took["deaf"]
    assert min(took.values()) >= 2


@pytest.mark.parametrize("place", [ENGINES[0], also("docker", needs=DOCKER)], indirect=True)
def test_a_limit_is_for_each_attempt(place: Place) -> None:
    command = "echo x >>$SHARED/a; [ $(wc -l <$SHARED/a) -lt 3 ] || exit 0; sleep 100"
    made = place.make(serial(a=Exec(command, max_time=4, retries=2)))
    ran = place.run(made)
    assert ran.status == 0, ran.err
    assert len(place.lines("a")) == 3
    assert "a: attempt 2 of 3 failed: over its max_time of 4s" in ran.err


@pytest.mark.needs("make")
def test_nothing_of_a_limit_lives_when_the_node_has_ended(tmp_path: Path) -> None:
    made = makefile(tmp_path, serial(a=Exec("true", max_time="1h"), b=Exec("true", max_time="2h")))
    began = time.monotonic()
    assert made.run("ENGINE=host").status == 0
    assert time.monotonic() - began < 15

    def left() -> bool:
        listed = subprocess.run(["ps", "eww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        return os.fspath(tmp_path) in listed

    wait_for(lambda: not left(), 5)
