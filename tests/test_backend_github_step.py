"""What the github emitter makes of the attributes of an Exec, and its scripts with a docker that only notes its words."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conducto.backends import github_script
from conducto.backends.github_job import TIMEOUT

from conducto.ir.images import Code, ImageSpec
from conducto.ir.plan import Plan
from conducto.ir.tree import Row
from conducto.secret import Secret
from tests.github_plans import IMAGE, Done, call, document, execs, execute, jobs, one, step, text, told
from tests.validators import NEEDS, check_github

FOLDER = Code("folder", "app", exclude=("*.log", "!keep.log"))
CLONE = Code("clone", url="https://example.org/x.git", branch="main")


# --- the step -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["same secret twice", "two of one name but for case"])
def test_a_secret_is_no_text_of_the_file(what: str) -> None:
    env: dict[str, dict[str, Secret | str]] = {
        "same secret twice": {"A": Secret("T"), "B": Secret("T")},
        "two of one name but for case": {"x": Secret("T"), "X": "y"},
    }
    found = step(one(env=env[what]))["env"]
    assert found["CONDUCTO_SECRET_T"] == "${{ secrets.T }}"
    assert found["CONDUCTO_SECRETS"] == " ".join(f"{k}={v.name}" for k, v in env[what].items() if isinstance(v, Secret))
    assert text(one(env=env[what])).count("${{") == 1


def test_a_secret_whose_name_github_keeps_is_refused() -> None:
    report = told(one(env={"A": Secret("GITHUB_THING"), "B": Secret("GITHUBS"), "GITHUB": Secret("THING")}))
    assert [(error.code, error.node) for error in report.errors] == [("C344", "/a")]


def test_an_image_says_how_its_container_is_made() -> None:
    image = ImageSpec("debian:12", code=FOLDER, shell="/bin/z s", platform="linux/arm64")
    found = step(one(image=image, runtime=True, max_time=90, retries=2, requires_docker=True, cpu=0.5, mem=1, gpu=1))[
        "env"
    ]
    assert found == {
        "CONDUCTO_NODE": "/a",
        "CONDUCTO_IMAGE": "debian:12",
        "CONDUCTO_PLATFORM": "linux/arm64",
        "CONDUCTO_OPTIONS": "--cpu-shares 512 --memory 1024m --gpus 1 --workdir /mnt/conducto",
        "CONDUCTO_SOCKET": "/var/run/docker.sock",
        "CONDUCTO_CODE": "app",
        "CONDUCTO_EXCLUDE": "**/*.log\n!**/keep.log",
        "CONDUCTO_RUNTIME": ".conducto/runtime.pyz",
        "CONDUCTO_SHELL": "'/bin/z s'",
        "CONDUCTO_MAX_TIME": "90",
        "CONDUCTO_RETRIES": "2",
        "CONDUCTO_COMMAND": "true",
    }


def test_without_a_container_code_is_where_a_command_starts() -> None:
    found = step(one(image=ImageSpec(code=FOLDER), requires_docker=True))["env"]
    assert found["CONDUCTO_FOLDER"] == "app"
    assert "CONDUCTO_SOCKET" not in found
    assert step(one(image=ImageSpec(code=FOLDER, workdir=False)))["env"]["CONDUCTO_FOLDER"] == "sub"
    assert step(one(image=None))["env"]["CONDUCTO_FOLDER"] == "sub"


@pytest.mark.parametrize(
    ("image", "needed"),
    [
        (IMAGE, False),
        (None, True),
        (ImageSpec("x", code=FOLDER), True),
        (ImageSpec("x", code=CLONE), False),
        (ImageSpec(code=CLONE), True),
        (ImageSpec("x", packages=("git",)), False),
        (ImageSpec(dockerfile="app/Dockerfile", context="app"), True),
        (ImageSpec(dockerfile_text="FROM x"), False),
        (ImageSpec(dockerfile_text="FROM x", context=""), True),
    ],
)
def test_the_repository_is_read_where_it_is_needed(image: ImageSpec | None, needed: bool) -> None:
    found = jobs(one(image=image))["a"]
    assert found.get("permissions") == ({"contents": "read"} if needed else None)
    assert [step["with"] for step in found["steps"] if "uses" in step] == [{"persist-credentials": False}] * needed


def test_a_runtime_file_is_of_the_repository() -> None:
    assert jobs(one(runtime=True))["a"]["permissions"] == {"contents": "read"}


def test_a_dockerfile_stands_once_in_the_file() -> None:
    image = ImageSpec(dockerfile_text="FROM debian:12\nRUN true # this one\n", pip=("this-package",))
    made = execs(execute("a", image=image), execute("b", image=image), execute("c", image=image._replace(pip=())))
    found = text(made)
    assert (found.count("this one"), found.count("this-package")) == (2, 1)
    names = [step(made, job)["env"]["CONDUCTO_DOCKERFILE"] for job in "abc"]
    assert names[0] == names[1] != names[2]
    assert document(made)["workflow"]["env"][names[0]] == image.dockerfile_text


def test_no_text_of_an_image_is_an_expression() -> None:
    live = "${{ github.token }}"
    image = ImageSpec(dockerfile_text=f"FROM x\nRUN echo {live}", build_args=(("X", live),), npm=(live,))
    folder, clone = Code("folder", live, exclude=(live,)), Code("clone", url=live, branch=live)
    for each in (image, image._replace(code=folder), image._replace(code=clone), ImageSpec(live, shell=live)):
        lines = text(one(image=each, title=live, doc=live, tags=(live,))).split("\n")
        assert not any("${{" in line for line in lines if not line.lstrip().startswith("#"))


# --- the job ------------------------------------------------------------------------------------------------------------


def test_a_title_is_the_name_of_the_job_and_doc_and_tags_its_comment() -> None:
    made = one(title="Says hello", doc="First.\n\nSecond: `#`\\", tags=("a", "b\nc"))
    assert jobs(made)["a"]["name"] == "Says hello"
    assert "\n  # First.\n  # Second: `#`\\.\n  # tags: a, b\\nc\n  a:\n" in text(made)
    assert step(made)["env"]["CONDUCTO_NODE"] == "/a"


def test_two_jobs_of_one_title_are_told_apart() -> None:
    found = [job["name"] for job in jobs(execs(*(execute(name, title="Same") for name in "ab"))).values()]
    assert len(set(found)) == 2
    assert all(name.startswith("Same (") for name in found)


def test_options_say_where_a_job_runs() -> None:
    given = {"runs-on": ["self-hosted", "gpu"], "environment": "production", "timeout-minutes": 7}
    found = jobs(execs(execute("a", options={"github": given}), execute("b")))
    assert {key: found["a"][key] for key in given} == given
    assert found["b"]["runs-on"] == "ubuntu-24.04"
    assert "environment" not in found["b"]


@pytest.mark.parametrize(
    ("key", "value", "taken"),
    [("runs-on", value, True) for value in ("x", ["x", "y"])]
    + [("runs-on", value, False) for value in ("", " ", [], [""], "${{ x }}", ["${{ x }}"], 3, "a\n", {"group": "x"})]
    + [("environment", "a b", True), ("environment", "${{ x }}", False), ("environment", ["x"], False)]
    + [("timeout-minutes", value, True) for value in (1, 7_200)]
    + [("timeout-minutes", value, False) for value in (0, 7_201, 1.5, "5", True)]
    + [("permissions", {}, False)],
)
def test_an_option_is_checked(key: str, value: Any, taken: bool) -> None:
    report = told(one(options={"github": {key: value}}))
    assert [error.code for error in report.errors] == ([] if taken else ["C307"])
    assert [error.node for error in report.errors] == ([] if taken else ["/a"])


def test_options_of_another_target_say_nothing_here() -> None:
    assert not told(one(options={"argo": {"x": 1}})).diagnostics


@pytest.mark.parametrize(
    ("max_time", "retries", "given", "minutes"),
    [
        (350 * 60, 0, {}, TIMEOUT),
        (350 * 60 + 1, 0, {}, None),
        (175 * 60, 1, {}, TIMEOUT),
        (176 * 60, 1, {}, None),
        (400 * 60, 0, {"runs-on": "mine"}, 410),
        (60, 0, {"runs-on": "mine"}, TIMEOUT),
        (7_190 * 60, 0, {"runs-on": "mine"}, 7_200),
        (7_191 * 60, 0, {"runs-on": "mine"}, None),
        (60, 0, {"timeout-minutes": 11}, 11),
        (60, 0, {"timeout-minutes": 10}, None),
        (60, 1, {"timeout-minutes": 11}, None),
        (None, 5, {"timeout-minutes": 1}, 1),
    ],
)
def test_a_job_is_not_ended_before_the_max_time_of_its_node(
    max_time: int | None, retries: int, given: dict[str, Any], minutes: int | None
) -> None:
    made = one(max_time=max_time, retries=retries, options={"github": given})
    if minutes is None:
        assert [(error.code, error.node) for error in told(made).errors] == [("C305", "/a")]
    else:
        assert jobs(made)["a"]["timeout-minutes"] == minutes


@pytest.mark.parametrize(
    ("root", "feature"),
    [
        (Row(-1, "", "parallel", max_time=5), "`max_time` of a Serial or a Parallel"),
        (Row(-1, "", "serial", retries=1), "`retries` of a Serial or a Parallel"),
        (Row(-1, "", "parallel", max_concurrent=1), "`max_concurrent`"),
    ],
)
def test_what_a_group_asks_for_is_refused(root: Row, feature: str) -> None:
    made = execs(execute("a"), execute("b"), root=root)
    assert [(error.code, error.node, error.message) for error in told(made).errors] == [
        ("C305", "/", f"GitHub Actions cannot say {feature}")
    ]


def test_one_container_for_two_is_refused() -> None:
    made = execs(execute("a", container=0), execute("b", container=0))
    assert [(error.code, error.node) for error in told(made).errors] == [("C305", "/")]


def test_docker_run_args_are_left_out_with_a_warning() -> None:
    report = told(one(docker_run_args=("--privileged",)))
    assert [(found.code, found.severity, found.node) for found in report.diagnostics] == [("C306", "warning", "/a")]


def test_a_max_time_of_a_group_may_be_approximated_by_one_of_each_exec() -> None:
    rows = [Row(-1, "", "serial", max_time=9), Row(0, "g", "serial", max_time=20)]
    rows += [Row(1, "a", "exec", command="x", image=IMAGE), Row(0, "b", "exec", command="x", image=IMAGE, max_time=5)]
    made = execs(*rows[1:], root=rows[0], **{"allow-approximate": ["max_time"]})
    assert {found.code for found in told(made).diagnostics} == {"C306"}
    assert [step(made, job)["env"]["CONDUCTO_MAX_TIME"] for job in ("g--a", "b")] == ["9", "5"]


@pytest.mark.parametrize(
    ("image", "what"),
    [
        (ImageSpec(dockerfile_text="FROM x\n" + "#" * 131_072), "`dockerfile_text` of its image"),
        (ImageSpec(dockerfile="x", context="", build_args=(("X", "y" * 131_072),)), "`docker_build_args` of its image"),
        (ImageSpec("x", pip=tuple("y" * 99_000 + end for end in "12")), "what is installed into its image"),
        (ImageSpec("x", code=Code("folder", "", exclude=("y" * 131_072,))), "`exclude` of its image"),
    ],
)
def test_what_is_too_large_for_a_runner_is_told(image: ImageSpec, what: str) -> None:
    errors = told(one(image=image)).errors
    assert [(error.code, error.node) for error in errors] == [("C342", "/a")]
    assert errors[0].message.startswith(f"{what} would take 131,") or "198," in errors[0].message


# --- the scripts --------------------------------------------------------------------------------------------------------

ALL = {"docker": frozenset((*github_script.PARTS, *github_script.DOCKER_PARTS)), "host": frozenset(github_script.PARTS)}


def some_parts(place: str) -> list[frozenset[str]]:
    """No part, each alone, each two, and all."""
    found = [frozenset(some) for size in (0, 1, 2) for some in itertools.combinations(sorted(ALL[place]), size)]
    return [*found, ALL[place]]


@pytest.mark.needs("bash", "shellcheck")
@pytest.mark.parametrize("place", ALL)
def test_every_script_passes_shellcheck(place: str, tmp_path: Path) -> None:
    files = []
    for number, parts in enumerate(some_parts(place)):
        files.append(tmp_path / f"{number}.sh")
        files[-1].write_text(f"#!/bin/bash\n{github_script.script(place, parts)}\n")
    # Words are split where they are ours, quotes stop expansion for the shell inside, and a part may set what another reads.
    words = ["shellcheck", "-s", "bash", "-e", "SC2086,SC2016,SC2153,SC2154,SC2034", *map(str, files)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0


def test_a_workflow_holds_the_parts_that_it_needs() -> None:
    made = execs(
        execute("a", retries=1),
        execute("b", max_time=3),
        execute("c", image=None),
        execute("d", image=None, runtime=True),
    )
    assert document(made)["scripts"] == {"docker": ["max_time", "retries"], "host": ["runtime"]}
    assert "CONDUCTO_LIST" not in text(made)
    assert "CONDUCTO_LIST" in text(one(image=IMAGE._replace(code=FOLDER)))


#: Notes the words of each call, and does what keeps a step going: a container is made under a name, and its command runs.
DOCKER = r"""#!/bin/bash
printf '%s\0' "$@" END >>"$SEEN"
case $1 in
  create) echo some-container ;;
  build) while [ $# -gt 0 ]; do [ "$1" != --iidfile ] || echo sha256:built >"$2"; shift; done; cat >>"$SEEN.built" ;;
  cp) tar -xf - -C "$SEEN.copied" ;;
esac
"""


class Docker:
    """A docker that notes what it is called with."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.seen = folder, folder / "seen"
        (folder / "bin").mkdir()
        (folder / "seen.copied").mkdir()
        (folder / "bin" / "docker").write_text(DOCKER)
        (folder / "bin" / "docker").chmod(0o755)
        (folder / "checkout" / "app").mkdir(parents=True)

    def call(self, made: Plan, **more: Any) -> Done:
        """Run the step of /a with it."""
        env = {"SEEN": str(self.seen)}
        return call(made, self.folder / "checkout", path=str(self.folder / "bin"), env=env, **more)

    @property
    def words(self) -> list[list[str]]:
        """The words of each call."""
        said = self.seen.read_text() if self.seen.exists() else ""
        return [call.split("\0") for call in said.split("\0END\0")[:-1]]


@pytest.fixture
def docker(tmp_path: Path) -> Docker:
    return Docker(tmp_path)


@pytest.mark.needs("bash")
def test_a_secret_is_in_no_process_list(docker: Docker) -> None:
    made = one("echo $A", env={"A": Secret("TOKEN"), "B": "text"}, max_time=3, retries=1)
    assert docker.call(made, secrets={"TOKEN": "s3cret"}).status == 0
    assert "s3cret" not in docker.seen.read_text()
    created = docker.words[0]
    assert created[created.index("CONDUCTO_SECRET_TOKEN") - 1] == "--env"


@pytest.mark.needs("bash")
@pytest.mark.parametrize("secrets", [{}, {"TOKEN": ""}, {"OTHER": "x"}])
@pytest.mark.parametrize("image", [IMAGE, None])
def test_a_secret_that_is_missing_or_empty_fails_the_node(
    image: ImageSpec | None, secrets: dict[str, str], docker: Docker
) -> None:
    done = docker.call(one(": >ran", image, env={"A": Secret("TOKEN")}, retries=3), secrets=secrets)
    assert done == Done(1, "conducto: /a: there is no secret TOKEN, or it is empty")
    assert not docker.seen.exists()
    assert not (docker.folder / "checkout" / "ran").exists()


@pytest.mark.needs("bash", "git")
def test_a_script_with_more_parts_does_the_same(docker: Docker, tmp_path: Path) -> None:
    """A step that needs nothing, alone and beside one that needs everything."""
    plain = execute("a", "x", env={"V": "w"}, cpu=1)
    everything = execute(
        "b",
        image=ImageSpec(dockerfile_text="FROM x", pip=("y",), code=FOLDER, shell="z", platform="linux/arm64"),
        env={"S": Secret("S")},
        retries=1,
        requires_docker=True,
        runtime=True,
    )
    assert docker.call(execs(plain)).status == 0
    assert docker.call(execs(plain, everything, execute("c", image=IMAGE._replace(code=CLONE)))).status == 0
    run, create, start = docker.words
    assert (run[0], create[0], start) == ("run", "create", ["start", "--attach", "some-container"])
    assert create[1:3] == ["--stop-signal", "TERM"]
    assert run[1:] == create[3:]


@pytest.mark.needs("bash", "git")
def test_a_container_gets_what_its_image_carries(docker: Docker) -> None:
    checkout = docker.folder / "checkout"
    (checkout / ".conducto").mkdir()
    (checkout / ".conducto" / "runtime.pyz").write_text("runtime")
    for name in ("a b", "-c", "x.log", "keep.log", "made"):
        (checkout / "app" / name).write_text("# Made by conducto from x, y." if name == "made" else name)
    (checkout / "app" / "link").symlink_to("a b")
    done = docker.call(one(image=IMAGE._replace(code=FOLDER), runtime=True))
    assert done == Done(0, "")
    copied = docker.folder / "seen.copied"
    assert sorted(path.relative_to(copied).as_posix() for path in copied.rglob("*") if not path.is_dir()) == [
        "conducto/bin/conducto",
        *(f"mnt/conducto/{name}" for name in ("-c", "a b", "keep.log", "link")),
    ]
    assert (copied / "conducto/bin/conducto").stat().st_mode & 0o777 == 0o755
    assert (copied / "mnt/conducto/link").is_symlink()
    created = docker.words[0]
    assert created[created.index("--workdir") + 1] == "/mnt/conducto"
    git = [created[at + 1] for at, word in enumerate(created) if word == "--env" and "GIT" in created[at + 1]]
    assert git == ["CONDUCTO_GIT_URL", "CONDUCTO_GIT_BRANCH", "CONDUCTO_GIT_SHA"]


@pytest.mark.needs("bash", "git")
@pytest.mark.parametrize("names", [[], ["a\nb", "-x", " ", "--", "ä", "$(id)", "d/e"]], ids=["none", "odd"])
@pytest.mark.parametrize("folder", ["", "app", "-C"])
def test_files_of_any_name_are_copied(folder: str, names: list[str], docker: Docker) -> None:
    there = docker.folder / "checkout" / folder
    for name in names:
        (there / name).parent.mkdir(parents=True, exist_ok=True)
        (there / name).write_text(name)
    there.mkdir(exist_ok=True)
    assert docker.call(one(image=IMAGE._replace(code=Code("folder", folder)))) == Done(0, "")
    copied = docker.folder / "seen.copied/mnt/conducto"
    assert {path.relative_to(copied).as_posix() for path in copied.rglob("*") if path.is_file()} == set(names)
    assert all((copied / name).read_text() == name for name in names)


@pytest.mark.needs("bash", "git")
def test_a_runtime_file_that_was_not_committed_fails_the_node(docker: Docker) -> None:
    done = docker.call(one(image=IMAGE, runtime=True))
    said = 'there is no .conducto/runtime.pyz: "conducto runtime" makes it, to be committed'
    assert done == Done(1, f"conducto: /a: {said}")
    assert docker.words == []


@pytest.mark.needs("bash")
def test_an_image_is_built_with_exactly_what_was_given(docker: Docker) -> None:
    args = (("A", "a 'b' \"c\" $d ${{ e }}"), ("B", ""))
    image = ImageSpec(dockerfile="app/-x", context="app", build_args=args, platform="linux/arm64")
    assert docker.call(one(image=image, retries=1)).status == 0
    build, run = docker.words
    assert build[:2] == ["build", "--force-rm"]
    assert build[-7:] == ["--build-arg", f"A={args[0][1]}", "--build-arg", "B=", "--file", "./app/-x", "./app"]
    assert "sha256:built" in run


@pytest.mark.needs("bash")
def test_what_is_installed_builds_on_the_authors_image(docker: Docker) -> None:
    image = ImageSpec(dockerfile_text="FROM me\nRUN ${{ this }}", packages=("git",))
    assert docker.call(one(image=image)).status == 0
    first, _, user, second, removed, run = docker.words
    base = first[first.index("--tag") + 1]
    assert base.startswith("conducto-base:")
    assert user == ["image", "inspect", "--format", "{{.Config.User}}", base]
    assert second[-3:] == ["--build-arg", "CONDUCTO_USER=", "-"]
    assert (docker.folder / "seen.built").read_text().startswith(f"FROM {base}\nARG CONDUCTO_USER\n")
    assert removed == ["rmi", base]
    assert "sha256:built" in run


# --- without a container ------------------------------------------------------------------------------------------------


@pytest.mark.needs("bash")
@pytest.mark.parametrize("value", ["s", "a 'b' \"c\" $d `e`\n\\", "ä\x01"])
def test_a_secret_reaches_a_command_on_the_runner(value: str, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    env = {"A": Secret("T"), "b": Secret("T"), "PATH": "/usr/bin:/bin"}
    done = call(one('printf "%s|%s|%s" "$A" "$b" "${!CONDUCTO_SECRET@}"', None, env=env), tmp_path, {"T": value})
    assert done == Done(0, f"{value}|{value}|")


@pytest.mark.needs("bash")
def test_the_runtime_file_comes_first_on_the_runner(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".conducto").mkdir()
    (tmp_path / ".conducto" / "runtime.pyz").write_text("#!/bin/sh\necho the runtime file\n")
    command = 'conducto; echo "$PYTHONPATH"; ls -l "${PYTHONPATH%%:*}" >/dev/null && echo there'
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHONPATH": "/mine"}
    (tmp_path / "conducto").write_text("#!/bin/sh\necho another\n")
    (tmp_path / "conducto").chmod(0o755)
    done = call(one(command, None, env=env, runtime=True), tmp_path)
    assert done.status == 0
    first, second, third = done.lines
    assert (first, third) == ("the runtime file", "there")
    assert second.endswith("/bin/conducto:/mine")


@pytest.mark.needs("bash")
def test_a_command_on_the_runner_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    made = one("echo x >>turns; [ $(grep -c x turns) -ge 3 ] || exit 7", None, retries=5)
    done = call(made, tmp_path)
    assert done == Done(0, "\n".join(f"conducto: /a: attempt {turn} of 6 failed: exit status 7" for turn in (1, 2)))
    assert call(one("exit 7", None, retries=1), tmp_path).status == 7


# --- what other people's checkers say ---------------------------------------------------------------------------------------


@pytest.mark.needs(*NEEDS["github"])
def test_no_checker_finds_anything(tmp_path: Path) -> None:
    """In a workflow whose Execs ask for all that there is, once by themselves and once all in one."""
    images = [ImageSpec("debian:12", code=FOLDER), ImageSpec("debian:12", code=CLONE), ImageSpec(code=FOLDER), IMAGE]
    images += [ImageSpec(dockerfile_text="FROM x\nRUN echo '${{ x }}' {{ y }} $z\n", npm=("x",)), ImageSpec(code=CLONE)]
    images += [
        ImageSpec(dockerfile="a/b", context="a", build_args=(("A", "${{ x }}"),)),
        IMAGE._replace(platform="linux/arm64"),
    ]
    given = {"environment": "some place", "runs-on": ["ubuntu-24.04", "x64"], "timeout-minutes": 30}
    asks: list[dict[str, Any]] = [
        {"env": {"A": Secret("T"), "b": Secret("U")}},
        {"runtime": True},
        {"requires_docker": True},
    ]
    asks += [
        {"max_time": 60, "retries": 3},
        {"title": "${{ x }}: y", "tags": ("a",), "doc": "b"},
        {"options": {"github": given}},
    ]
    plans = [one(image=image) for image in images] + [one(**asked) for asked in asks]
    everything = {key: value for asked in asks for key, value in asked.items()}
    plans.append(execs(*(execute(f"n{number}", image=image, **everything) for number, image in enumerate(images))))
    for number, made in enumerate(plans):
        (tmp_path / f"{number}.yml").write_text(text(made), encoding="utf-8")
    assert [str(finding) for finding in check_github(sorted(tmp_path.iterdir()))] == []
