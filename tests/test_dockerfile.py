"""The Dockerfiles for what is installed: what they run by stand-ins of every package manager, and real builds."""

from __future__ import annotations

import re
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conducto import dockerfile
from conducto.ir.images import ImageSpec
from tests.machine import Machine

SHELLS = (["dash"], ["bash"], ["busybox", "sh"])
HARD: tuple[str, ...] = (
    "numpy>=1,<2; python_version < '3.12'",
    "$HOME",
    "${PATH}",
    "`id`",
    "$(id)",
    "a\\",
    "#b",
    "<<EOF",
    "a <<EOF b <<-X",
    '"q"',
)
HARD += ("x[y]", "*", "a;b", "é", "it's", "a\\$b", "<<<x")
SPEC = ImageSpec("base", packages=("git", "g++"), docker=True, pip=("a", "b>=1"), npm=("@c/d",))

TEXT = """\
FROM base
ARG CONDUCTO_USER
USER 0
RUN set -e; \\
    add() { \\
      if command -v apt-get >/dev/null; then DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; \\
      elif command -v apk >/dev/null; then apk add --no-cache "$@"; \\
      elif command -v dnf >/dev/null; then dnf install -y "$@"; \\
      elif command -v microdnf >/dev/null; then microdnf install -y "$@"; \\
      elif command -v yum >/dev/null; then yum install -y "$@"; \\
      else echo "conducto: this image has none of apt-get, apk, dnf, microdnf and yum" >&2; return 1; fi; }; \\
    if command -v apt-get >/dev/null; then apt-get update; fi; \\
    add git g++; \\
    command -v docker >/dev/null || add docker-cli || add docker.io || add moby-engine || add docker; \\
    rm -rf /var/lib/apt/lists/* /var/cache/dnf /var/cache/yum
RUN set -e; \\
    python=$(command -v python3 || command -v python) || { echo "conducto: install_pip needs a python3 in the image" >&2; \
exit 1; }; \\
    PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore "$python" -m pip install --no-cache-dir a 'b>=1'
RUN set -e; \\
    cd /; \\
    npm install --no-save --no-package-lock @c/d
ENV PATH="${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}:/node_modules/.bin"
USER ${CONDUCTO_USER:-0}
"""


def test_the_text() -> None:
    assert dockerfile.text(SPEC, "base") == TEXT


def test_only_what_is_wanted_is_in_it() -> None:
    assert (
        dockerfile.text(ImageSpec("base"), "x:1") == "FROM x:1\nARG CONDUCTO_USER\nUSER 0\nUSER ${CONDUCTO_USER:-0}\n"
    )
    only = {"packages": "add git", "pip": "-m pip", "npm": "npm install", "docker": "add docker-cli"}
    for wanted, said in only.items():
        given: Any = ("git",) if wanted != "docker" else True
        text = dockerfile.text(ImageSpec("base")._replace(**{wanted: given}), "base")
        assert [word for word in only.values() if word in text] == [said]


def test_the_authors_own_text() -> None:
    assert dockerfile.base_text(ImageSpec(dockerfile_text="FROM x\n")) == "FROM x\n"
    assert dockerfile.base_text(ImageSpec(dockerfile="Dockerfile")) is None
    assert dockerfile.base_text(SPEC) is None


def test_no_builder_sees_a_here_document() -> None:
    text = dockerfile.text(ImageSpec("base", pip=HARD), "base")
    assert "<<" not in text
    assert dockerfile.text(ImageSpec("base"), "a$b").startswith("FROM a\\$b\n")


# --- what is run ----------------------------------------------------------------------------------------------------------


def steps(text: str) -> list[str]:
    """The commands of its RUN instructions, as docker hands them to a shell."""
    joined = re.sub(r"[ \t]*\\\n", " ", text)
    return [line[4:] for line in joined.split("\n") if line.startswith("RUN ")]


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def stand_in(tools: Path, *names: str, fails_at: str = "-") -> None:
    """Programs that note what they are called with, one word a line, and fail where a word is `fails_at`."""
    for name in names:
        text = f'#!/bin/sh\n{{ echo "[{name}]"; printf "%s\\n" "$@"; }} >>"{tools}/../log"\n'
        text += f'for word; do [ "$word" != "{fails_at}" ] || exit 1; done\n'
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)


def ran(tools: Path, spec: ImageSpec, shell: list[str]) -> tuple[list[list[str]], subprocess.CompletedProcess[str]]:
    """The calls of stand-ins that the steps make where there is nothing else; and how the last step ended."""
    stand_in(tools, "rm")
    log = tools.parent / "log"
    log.write_text("")
    name, *more = shell
    for step in steps(dockerfile.text(spec, "base")):
        words = [shutil.which(name) or name, *more, "-c", step]
        done = subprocess.run(words, env={"PATH": str(tools)}, capture_output=True, text=True, check=False)
        if done.returncode:
            break
    calls = [call.split("\n")[:-1] for call in log.read_text().split("[")[1:]]
    return [[call[0].rstrip("]"), *call[1:]] for call in calls if call[0] != "rm]"], done


MANAGERS = {
    "apt-get": [["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "git", "g++"]],
    "apk": [["apk", "add", "--no-cache", "git", "g++"]],
    "dnf": [["dnf", "install", "-y", "git", "g++"]],
    "microdnf": [["microdnf", "install", "-y", "git", "g++"]],
    "yum": [["yum", "install", "-y", "git", "g++"]],
}


@pytest.mark.needs("dash", "bash")
@pytest.mark.parametrize("shell", SHELLS[:2], ids=" ".join)
@pytest.mark.parametrize("manager", MANAGERS)
def test_packages_come_by_the_manager_that_is_there(tools: Path, manager: str, shell: list[str]) -> None:
    stand_in(tools, manager)
    calls, done = ran(tools, ImageSpec("base", packages=("git", "g++")), shell)
    assert calls == MANAGERS[manager]
    assert done.returncode == 0


@pytest.mark.needs("dash")
def test_the_first_of_several_managers_is_asked(tools: Path) -> None:
    stand_in(tools, "yum", "microdnf", "dnf")
    calls, _ = ran(tools, ImageSpec("base", packages=("git", "g++")), ["dash"])
    assert calls == MANAGERS["dnf"]


@pytest.mark.needs("dash", "bash")
@pytest.mark.parametrize("shell", SHELLS[:2], ids=" ".join)
def test_without_a_manager_the_build_says_so(tools: Path, shell: list[str]) -> None:
    calls, done = ran(tools, ImageSpec("base", packages=("git",)), shell)
    assert calls == []
    assert done.returncode != 0
    assert "none of apt-get, apk, dnf, microdnf and yum" in done.stderr


@pytest.mark.needs("dash")
def test_a_package_that_is_not_there_ends_the_build(tools: Path) -> None:
    stand_in(tools, "apk", fails_at="git")
    calls, done = ran(tools, ImageSpec("base", packages=("git",), docker=True), ["dash"])
    assert calls == [["apk", "add", "--no-cache", "git"]]
    assert done.returncode != 0


@pytest.mark.needs("dash", "bash")
@pytest.mark.parametrize("shell", SHELLS[:2], ids=" ".join)
def test_docker_comes_by_the_name_that_it_has_there(tools: Path, shell: list[str]) -> None:
    stand_in(tools, "dnf", fails_at="docker-cli")
    calls, done = ran(tools, ImageSpec("base", docker=True), shell)
    assert calls == [["dnf", "install", "-y", "docker-cli"], ["dnf", "install", "-y", "docker.io"]]
    assert done.returncode == 0
    stand_in(tools, "docker")
    assert ran(tools, ImageSpec("base", docker=True), shell)[0] == []


@pytest.mark.needs("dash", "bash", "busybox")
@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("python", ["python3", "python"])
def test_pip_is_given_every_requirement_as_it_is(tools: Path, python: str, shell: list[str]) -> None:
    stand_in(tools, python)
    calls, done = ran(tools, ImageSpec("base", pip=tuple(word for word in HARD if "[" not in word)), shell)
    words = [word for word in HARD if "[" not in word]
    assert calls == [[python, "-m", "pip", "install", "--no-cache-dir", *words]]
    assert done.returncode == 0


@pytest.mark.needs("dash", "bash", "busybox")
@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_without_a_python_the_build_says_so(tools: Path, shell: list[str]) -> None:
    calls, done = ran(tools, ImageSpec("base", pip=("a",)), shell)
    assert (calls, done.returncode != 0) == ([], True)
    assert "install_pip needs a python3" in done.stderr


@pytest.mark.needs("dash")
def test_the_order(tools: Path) -> None:
    stand_in(tools, "apk", "python3", "npm")
    calls, _ = ran(tools, SPEC, ["dash"])
    assert [(call[0], call[-1]) for call in calls] == [
        ("apk", "g++"),
        ("apk", "docker-cli"),
        ("python3", "b>=1"),
        ("npm", "@c/d"),
    ]


# --- real builds ----------------------------------------------------------------------------------------------------------


class Builds:
    """Images built in a test, which go when it ends.

    Each is its own from the first layer on: docker removes an image with the layers that no other one stands on, also
    where a build beside it has just found them in its cache.
    """

    def __init__(self, docker: str) -> None:
        self.docker = docker
        self.tags: list[str] = []

    def __call__(self, text: str, *words: str) -> str:
        tag = f"conducto-test-{uuid.uuid4().hex}"
        self.tags.append(tag)
        build = [self.docker, "build", "-t", tag, *words, "-"]
        begin, rest = text.split("\n", 1)
        own = f"{begin}\nLABEL conducto.test={tag}\n{rest}"
        done = subprocess.run(build, input=own, text=True, capture_output=True, timeout=500, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return tag

    def run(self, image: str, *words: str) -> str:
        """What a command in a container prints."""
        run = [self.docker, "run", "--rm", image, *words]
        done = subprocess.run(run, text=True, capture_output=True, timeout=100, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def builds(machine: Machine) -> Iterator[Builds]:
    made = Builds(machine.path("docker"))
    yield made
    if made.tags:
        subprocess.run([made.docker, "image", "rm", "-f", *made.tags], capture_output=True, check=False)


def with_tools(builds: Builds, user: str) -> str:
    """A busybox whose package managers are stand-ins, and whose user is another."""
    stand_in = 'printf "%s\\\\n" "#!/bin/sh" "echo \\"[\\$0]\\" >>/log" "printf \\"%s\\\\\\\\n\\" \\"\\$@\\" >>/log"'
    made = f"for tool in apk python3 npm; do {stand_in} >/bin/$tool; chmod +x /bin/$tool; done; >/log"
    user_too = f"RUN echo me:x:1234:1234::/:/bin/sh >>/etc/passwd\nUSER {user}\n"
    return builds(f"FROM local/busybox:1\nUSER 0\nRUN {made}\n{user_too}")


@pytest.mark.needs("docker", "image:local/busybox:1")
@pytest.mark.parametrize("user", ["me", "1234:5", "0"])
def test_docker_hands_on_every_word_and_the_user_stays(builds: Builds, user: str) -> None:
    base = with_tools(builds, user)
    spec = ImageSpec(base, packages=("git",), pip=HARD, npm=("left-pad",))
    image = builds(dockerfile.text(spec, base), "--build-arg", f"{dockerfile.USER}={user}")
    pip = ["-m", "pip", "install", "--no-cache-dir", *HARD]
    lines = ["[/bin/apk]", "add", "--no-cache", "git", "[/bin/python3]", *pip]
    lines += ["[/bin/npm]", "install", "--no-save", "--no-package-lock", "left-pad"]
    assert builds.run(image, "cat", "/log").split("\n")[:-1] == lines
    before = builds.run(base, "sh", "-c", "echo $PATH").strip()
    after = "0" if user == "0" else "1234", f"{before}:/node_modules/.bin"
    assert tuple(builds.run(image, "sh", "-c", "id -u; echo $PATH").split()) == after


@pytest.mark.needs("docker", "image:local/busybox:1")
def test_without_the_argument_the_user_is_root(builds: Builds) -> None:
    image = builds(dockerfile.text(ImageSpec("x"), with_tools(builds, "0")))
    assert builds.run(image, "id", "-u") == "0\n"


@pytest.mark.needs("docker", "image:local/debian:1", "debian-mirror")
def test_a_real_debian_gets_real_packages(builds: Builds) -> None:
    spec = ImageSpec("local/debian:1", packages=("tree", "python3-pip"))
    image = builds(dockerfile.text(spec, "local/debian:1"))
    assert builds.run(
        image, "sh", "-c", "tree --version; python3 -m pip --version; ls /var/lib/apt/lists | wc -l"
    ).count("v2.")
