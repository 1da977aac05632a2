"""Every attribute of an Exec as its command sees it, in workflows that act runs: on this machine, and in containers."""

from __future__ import annotations

from pathlib import Path

import pytest

from conducto import runtime
from conducto.ir.images import Code, ImageSpec
from conducto.secret import Secret
from conducto.text import shell_word
from tests.github_act import checkout, run
from tests.github_plans import IMAGE, execs, execute, one
from tests.plugin_thorough import also
from tests.repositories import commit, git, served

DEBIAN = ImageSpec("local/debian:1")
NEEDS = ("act", "docker", "git", f"image:{IMAGE.base}")
IN_DOCKER = pytest.param("docker", marks=pytest.mark.needs(*NEEDS, "image:local/runner:1"))
BOTH = pytest.mark.parametrize("way", [IN_DOCKER, also("host", needs=NEEDS)])
#: A job's own Exec has a container or none; one without is in act's container what it is on the machine.
EACH = pytest.mark.parametrize(
    ("way", "image"),
    [
        also("host", IMAGE, needs=NEEDS, id="host-container"),
        pytest.param("host", None, marks=pytest.mark.needs(*NEEDS), id="host-runner"),
        pytest.param("docker", IMAGE, marks=pytest.mark.needs(*NEEDS, "image:local/runner:1"), id="docker-container"),
    ],
)


@EACH
def test_a_secret_is_in_the_commands_env(way: str, image: ImageSpec | None, tmp_path: Path) -> None:
    value = "a 's3' \"x\" $y `z` \\"
    command = f'[ "$A" = {shell_word(value)} ] && echo same; env | grep -c CONDUCTO_SECRET'
    made = execs(
        execute("has", f"{command}; true", image, env={"A": Secret("TOKEN")}),
        execute("lacks", "echo never", image, env={"A": Secret("OTHER")}, retries=1),
    )
    found = run(made, checkout(tmp_path), way, {"TOKEN": value})
    assert found["has"].lines == ("same", "0")
    assert found["has"].done
    assert found["lacks"].lines == ("conducto: /lacks: there is no secret OTHER, or it is empty",)
    assert not found["lacks"].done


@BOTH
def test_docker_answers_a_command_that_requires_it(way: str, tmp_path: Path) -> None:
    image = ImageSpec(dockerfile_text="FROM local/runner:1\nUSER 1234")
    ask = "docker version --format 'server {{.Server.Os}}' 2>&1 | tail -1; id -u"
    made = execs(execute("with", ask, image, requires_docker=True), execute("without", ask, image))
    found = run(made, checkout(tmp_path), way)
    assert found["with"].lines[-2:] == ("server linux", "1234")
    assert "server linux" not in found["without"].lines


@pytest.mark.needs(*NEEDS)
def test_a_shell_of_an_image_runs_the_command(tmp_path: Path) -> None:
    made = execs(execute("own", "echo $0", IMAGE._replace(shell="/bin/ash")), execute("usual", "echo $0"))
    found = run(made, checkout(tmp_path))
    assert (found["own"].lines, found["usual"].lines) == (("/bin/ash",), ("sh",))


@pytest.mark.needs(*NEEDS)
def test_a_platform_is_dockers(tmp_path: Path) -> None:
    """The image that is here is for one platform; docker has none for another."""
    made = execs(execute("this"), execute("other", image=IMAGE._replace(platform="linux/s390x")))
    found = run(made, checkout(tmp_path))
    assert (found["this"].done, found["other"].done) == (True, False)


# --- code ---------------------------------------------------------------------------------------------------------------

FILES = {
    ".gitignore": "*.tmp\n",
    "app/main.sh": "echo from the code\n",
    "app/x.log": "",
    "app/keep.log": "",
    "app/made.mk": "# Made by conducto from x.py, y. Change that file and compile again.\n",
    "other/file": "",
}


@BOTH
def test_code_is_a_private_copy_in_each_container(way: str, tmp_path: Path) -> None:
    folder = checkout(tmp_path, FILES)
    (folder / "app/untracked.tmp").write_text("")
    code = Code("folder", "app", exclude=("*.log", "!keep.log"))
    command = "pwd; echo $(ls -A); sh main.sh; : >main.sh; exit 1"
    sees = 'echo "git $CONDUCTO_GIT_URL $CONDUCTO_GIT_BRANCH $CONDUCTO_GIT_SHA"'
    made = execs(
        execute("twice", command, IMAGE._replace(code=code), retries=1),
        execute("elsewhere", "pwd; echo $(ls /mnt/conducto)", IMAGE._replace(code=code, workdir=False)),
        execute("git", sees, IMAGE._replace(code=code)),
        execute("none", f"{sees}; ls /mnt", IMAGE),
    )
    found = run(made, folder, way)
    once = ("/mnt/conducto", "keep.log main.sh", "from the code")
    assert found["twice"].lines == (*once, "conducto: /twice: attempt 1 of 2 failed: exit status 1", *once)
    assert found["elsewhere"].lines == ("/", "keep.log main.sh")
    _, url, branch, sha = found["git"].lines[0].split()
    assert (branch, sha) == ("main", git(folder, "rev-parse", "HEAD"))
    assert url.startswith("https://github.com/")
    assert found["none"].lines[0].split() == ["git"]
    assert "conducto" not in found["none"].lines


@pytest.mark.needs(*NEEDS)
def test_code_is_the_users_of_the_image(tmp_path: Path) -> None:
    image = ImageSpec(dockerfile_text="FROM local/busybox:1\nUSER 1234", code=Code("folder", "app"))
    found = run(one("id -u; : >new && : >main.sh && echo written", image), checkout(tmp_path, FILES))
    assert found["a"].lines[-2:] == ("1234", "written")


@pytest.mark.needs("act", "git")
def test_code_without_a_container_is_the_checkout(tmp_path: Path) -> None:
    code = Code("folder", "app")
    ask = 'basename "$PWD"; echo "$CONDUCTO_GIT_BRANCH $CONDUCTO_GIT_SHA"'
    made = execs(execute("a", ask, ImageSpec(code=code)), execute("b", ask, None))
    found = run(made, checkout(tmp_path, FILES))
    assert found["a"].lines == ("app", f"main {git(tmp_path, 'rev-parse', 'HEAD')}")
    assert found["b"].lines == ("sub", " ")


@BOTH
def test_code_of_another_repository(way: str, tmp_path: Path) -> None:
    other, mine = checkout(tmp_path / "other", {"file": "of the branch\n"}), checkout(tmp_path / "mine")
    git(other, "branch", "feature/x")
    git(other, "tag", "v1")
    (other / "file").write_text("later\n")
    commit(other)
    ask = 'pwd; cat file; echo "$CONDUCTO_GIT_URL $CONDUCTO_GIT_BRANCH $CONDUCTO_GIT_SHA"; ls -A'
    with served(other) as url:
        code = {name: Code("clone", url=url, branch=name) for name in ("feature/x", "v1", "main", "no-such")}
        made = execs(*(execute(name.replace("/", "-"), ask, IMAGE._replace(code=each)) for name, each in code.items()))
        found = run(made, mine, way)
    assert found["feature-x"].lines == (
        "/mnt/conducto",
        "of the branch",
        f"{url} feature/x {git(other, 'rev-parse', 'v1')}",
        "file",
        "sub",
    )
    assert ("of the branch" in found["v1"].lines, "later" in found["main"].lines) == (True, True)
    assert not found["no-such"].done
    assert "/mnt/conducto" not in found["no-such"].lines


@pytest.mark.needs("act", "git")
def test_code_of_another_repository_without_a_container(tmp_path: Path) -> None:
    other, mine = checkout(tmp_path / "other", {"file": "there\n"}), checkout(tmp_path / "mine")
    with served(other) as url:
        found = run(
            one("cat file; echo $CONDUCTO_GIT_SHA", ImageSpec(code=Code("clone", url=url, branch="main"))), mine
        )
    assert found["a"].lines == ("there", git(other, "rev-parse", "HEAD"))


# --- images that are made -------------------------------------------------------------------------------------------------


@BOTH
def test_an_image_of_a_dockerfile(way: str, tmp_path: Path) -> None:
    text = 'FROM local/busybox:1\nARG X=nothing\nARG Y\nENV X=$X Y=$Y\nCOPY file* /\nWORKDIR /where\nENTRYPOINT ["false"]\n'
    folder = checkout(tmp_path, {"app/Dockerfile": text, "app/file": "of app\n", "file": "of the root\n"})
    args = (("X", "a 'b' \"c\" ${{ d }}"),)
    ask = 'pwd; echo "$X|$Y"; cat /file 2>/dev/null || echo no file'
    made = execs(
        execute("file", ask, ImageSpec(dockerfile="app/Dockerfile", context="app", build_args=args)),
        execute("root", ask, ImageSpec(dockerfile="app/Dockerfile", context="")),
        execute("text", ask, ImageSpec(dockerfile_text=text, context="app")),
        execute("alone", ask, ImageSpec(dockerfile_text="FROM local/busybox:1\nWORKDIR /w", platform="linux/amd64")),
        execute("fails", ask, ImageSpec(dockerfile_text="FROM local/busybox:1\nRUN exit 3"), suppress_errors=True),
    )
    found = run(made, folder, way)
    assert found["file"].lines[-3:] == ("/where", f"{args[0][1]}|", "of app")
    assert found["root"].lines[-3:] == ("/where", "nothing|", "of the root")
    assert found["text"].lines[-3:] == ("/where", "nothing|", "of app")
    assert found["alone"].lines[-3:] == ("/w", "|", "no file")
    assert "no file" not in found["fails"].lines
    assert found["fails"].done


@pytest.mark.needs(*NEEDS)
def test_something_installed_into_an_image(tmp_path: Path) -> None:
    """By a package manager that only notes what it is asked for, so that no network is needed."""
    note = """'#!/bin/sh' 'echo "$@" $(id -u) >>/noted'"""
    text = f"FROM local/busybox:1\nRUN printf '%s\\n' {note} >/bin/apt-get && chmod 755 /bin/apt-get\nUSER 1234"
    made = one("id -u; cat /noted", ImageSpec(dockerfile_text=text, packages=("git", "it's")))
    assert run(made, checkout(tmp_path))["a"].lines[-3:] == (
        "1234",
        "update 0",
        "install -y --no-install-recommends git it's 0",
    )


@BOTH
def test_a_python_function_runs_where_there_is_python_alone(way: str, tmp_path: Path) -> None:
    program = 'def hello(n: int, *, who: str = "me"):\n    print(n + 1, who)\n'
    folder = checkout(tmp_path, {"sub/ci.py": program})
    (folder / ".conducto").mkdir()
    (folder / ".conducto/runtime.pyz").write_bytes(runtime.archive())
    commit(folder)
    command = "conducto ci.py hello --n=41 --who='a b'; python3 -c 'import conducto; print(conducto.__file__)'"
    env = {"PYTHONPATH": "/nothing"}
    older = "FROM local/debian:1\nRUN echo 'echo an older one' >/usr/local/bin/conducto && chmod 755 /usr/local/bin/conducto"
    inside = ImageSpec(dockerfile_text=older, code=Code("folder", "sub"))
    made = execs(
        execute("container", command, inside, runtime=True, env=env),
        execute("runner", command, None, runtime=True, env=env),
    )
    found = run(made, folder, way)
    for job in found.values():
        said, module = job.lines[-2:]
        assert said == "42 a b"
        assert module.endswith("/bin/conducto/conducto/__init__.py")
    assert found["container"].lines[-1].startswith("/conducto/bin/")


# --- again, and not too long ----------------------------------------------------------------------------------------------


@EACH
def test_a_command_that_fails_is_tried_again(way: str, image: ImageSpec | None, tmp_path: Path) -> None:
    made = execs(
        execute("never", "echo attempt; ls /left 2>/dev/null && echo again; exit 3", image, retries=2),
        execute("once", "echo attempt; exit 0", image, retries=2),
        execute("plain", "echo attempt; exit 3", image),
        execute("forgiven", "echo attempt; exit 3", image, retries=1, suppress_errors=True),
    )
    found = run(made, checkout(tmp_path), way)
    assert {name: job.lines.count("attempt") for name, job in found.items()} == {
        "never": 3,
        "once": 1,
        "plain": 1,
        "forgiven": 2,
    }
    assert {name: job.done for name, job in found.items()} == {
        "never": False,
        "once": True,
        "plain": False,
        "forgiven": True,
    }


@pytest.mark.needs(*NEEDS)
def test_the_outcome_of_the_last_attempt_counts_each_in_a_new_container(tmp_path: Path) -> None:
    """What is left in the runner's own folder is there in the next attempt, what is left in a container is not."""
    counts = 'echo x >>"{0}"; echo "turn $(grep -c x "{0}")"; [ "$(grep -c x "{0}")" -ge 3 ]'
    made = execs(
        execute("runner", counts.format("turns"), None, retries=5),
        execute("container", counts.format("/turns"), retries=3),
    )
    found = run(made, checkout(tmp_path))
    turns = {name: [line for line in job.lines if line.startswith("turn ")] for name, job in found.items()}
    assert turns == {"runner": ["turn 1", "turn 2", "turn 3"], "container": ["turn 1"] * 4}
    assert (found["runner"].done, found["container"].done) == (True, False)


@EACH
def test_a_command_that_takes_too_long_is_ended(way: str, image: ImageSpec | None, tmp_path: Path) -> None:
    clock = "read -r {0} rest </proc/uptime; {0}=${{{0}%.*}}${{{0}#*.}}"
    told = f"{clock.format('then')}; echo told $((then - now))0 ms; exit 0"
    gives_in = f"{clock.format('now')}; trap '{told}' TERM; i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done"
    made = execs(
        execute("in-time", "sleep 2; echo ended", image, max_time=5),
        execute("gives-in", gives_in, image, max_time=2),
        execute("stays", "trap '' TERM; echo begun; sleep 60; sleep 60; echo ended", image, max_time=2),
        execute("again", "echo begun; sleep 60", image, max_time=1, retries=1),
        execute("recovers", "[ ! -e late ] || exit 0; : >late; sleep 60", None, max_time=2, retries=1),
        execute("forgiven", "sleep 60", image, max_time=1, suppress_errors=True),
        execute("next", "echo ran", image),
    )
    found = run(made, checkout(tmp_path), way)
    over = "conducto: /{}: ended, as its max_time is {} s"
    assert found["in-time"].lines == ("ended",)
    said, why = [line for line in found["gives-in"].lines if "Terminated" not in line]
    assert why == over.format("gives-in", 2)
    # The time counts from before the command's shell is there, by what that takes.
    assert 1_200 <= int(said.split()[1]) <= 32_000
    assert found["stays"].lines == ("begun", over.format("stays", 2))
    assert found["again"].lines.count("begun") == 2
    assert {name: job.done for name, job in found.items()} == {
        "in-time": True,
        "gives-in": False,
        "stays": False,
        "again": False,
        "recovers": True,
        "forgiven": True,
        "next": True,
    }
    assert 12 <= found["stays"].seconds < 60
    assert found["again"].seconds < 60


@pytest.mark.needs(*NEEDS)
def test_a_command_is_told_by_sigterm_whatever_its_image_says(tmp_path: Path) -> None:
    waits = "trap 'echo told; exit 0' TERM; i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done"
    image = ImageSpec(dockerfile_text="FROM local/busybox:1\nSTOPSIGNAL SIGUSR1")
    found = run(one(waits, image, max_time=1), checkout(tmp_path))["a"]
    assert "told" in found.lines
    assert not found.done


@pytest.mark.needs("act", "git")
def test_nothing_of_a_command_that_was_ended_runs_on(tmp_path: Path) -> None:
    command = "(trap '' TERM; while :; do sleep 0.2; : >>../alive; done) & echo begun; sleep 60"
    found = run(one(command, None, max_time=1), checkout(tmp_path))
    assert not found["a"].done
    left = Path("/proc")
    assert not [path for path in left.glob("[0-9]*/cmdline") if b": >>../alive" in _read(path)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@BOTH
def test_all_of_it_at_once(way: str, tmp_path: Path) -> None:
    code = Code("folder", "sub", exclude=("no*",))
    text = "FROM local/debian:1\nENV FROM_IMAGE=yes\nUSER 1234"
    image = ImageSpec(dockerfile_text=text, code=code, shell="/bin/sh", platform="linux/amd64")
    program = "import os\ndef f(n: int):\n    print(n, os.environ['S'], os.environ['T'], os.environ['FROM_IMAGE'])\n"
    folder = checkout(tmp_path, {"sub/ci.py": program, "sub/no": ""})
    (folder / ".conducto").mkdir()
    (folder / ".conducto/runtime.pyz").write_bytes(runtime.archive())
    commit(folder)
    command = 'echo "$0 $(id -u) $(pwd) $(ls)"; conducto ci.py f --n=1; : >new; sleep 1; exit 5'
    own = {"max_time": 30, "retries": 1, "mem": 0.5, "env": {"S": Secret("TOKEN"), "T": "text"}}
    found = run(
        execs(execute("a", command, image, runtime=True, **own), execute("b")), folder, way, {"TOKEN": "to hide"}
    )
    once = ["/bin/sh 1234 /mnt/conducto ci.py", "1 *** text yes"]
    assert [line for line in found["a"].lines if line.startswith(("/bin/sh", "1 "))] == once * 2
    assert (found["a"].done, found["b"].done) == (False, True)


# --- where ----------------------------------------------------------------------------------------------------------------


@pytest.mark.needs("act")
def test_a_job_runs_on_the_runner_that_options_name(tmp_path: Path) -> None:
    """act has a runner of that name only where it is told of one."""
    made = execs(execute("mine", "echo here", None, options={"github": {"runs-on": ["my-runner"]}}))
    assert run(made, checkout(tmp_path), labels=("my-runner",))["mine"].lines == ("here",)


@pytest.mark.needs(*NEEDS)
def test_a_container_has_the_memory_and_the_share_that_were_asked_for(tmp_path: Path) -> None:
    limit = "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null"
    share = "cat /sys/fs/cgroup/cpu.weight /sys/fs/cgroup/cpu/cpu.shares 2>/dev/null"
    made = execs(
        execute("mem", f"{limit}; true", mem=0.25),
        execute("cpu", f"{share}; true", cpu=2),
        execute("none", f"{limit}; {share}; true"),
    )
    found = run(made, checkout(tmp_path))
    assert found["mem"].lines == (str(256 * 1024 * 1024),)
    assert found["cpu"].lines[0] in ("2048", "79")
    assert found["none"].lines[0] != str(256 * 1024 * 1024)
    assert found["none"].lines[1] in ("1024", "100")
