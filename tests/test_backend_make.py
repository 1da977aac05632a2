"""The make emitter: the shape of its document, its escapings, its names, its refusals, and what make does with its files."""

from __future__ import annotations

import copy
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from conducto.backends import make_names, make_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conducto import limits, testing
from conducto.diagnostics import Report
from conducto.image import Image
from conducto.nodes import Exec, Node, Parallel, Serial
from conducto.secret import Secret
from conducto.text import dedent
from tests.machine import Machine
from tests.makefiles import IMAGE, MAKE, Makefile, complaint, docker, document, makefile, plan, wait_for
from tests.plans import chain
from tests.plugin_thorough import also, amount

#: What make or a shell would act on.
FRAGMENTS = [
    "$",
    "$$",
    "$(",
    "$(X)",
    "$()",
    "$@",
    "\\",
    "\\\\",
    "\n",
    "\\\n",
    "\t",
    "\r",
    "\r\n",
    "\f",
    "\v",
    " ",
    "#",
    "%",
]
FRAGMENTS += [
    "define x",
    "endef",
    "\nendef",
    "\n  endef",
    "\n\tendef x",
    "override define y",
    "export define",
    "endef#",
]
FRAGMENTS += [
    "$(shell echo gone)",
    "$(error gone)",
    "include x",
    "endif",
    "'",
    '"',
    "`",
    "@",
    "-",
    "+",
    ",",
    ")",
    "x",
    "ä",
]
#: Any text that a user may write.
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(FRAGMENTS),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"),
    ),
    max_size=25,
).map("".join)
NAMES = TEXTS.map(lambda text: text.replace("/", "")).filter(bool)


def tree(kind: type[Node], **children: Node | str) -> Node:
    """A node of a kind with children; a text is an Exec of it."""
    root = kind()
    for name, child in children.items():
        root[name] = Exec(child) if isinstance(child, str) else child
    return root


def problems(root: Node, **where: Any) -> list[tuple[str, str, str | None]]:
    """Severities, codes and nodes of what is reported of a tree."""
    report, found = Report(), plan(root, **where)
    limits.check_plan(found, MAKE, report)
    MAKE.document(found, report)
    return [(each.severity, each.code, each.node) for each in report.diagnostics]


# --- the document -------------------------------------------------------------------------------------------------------


def test_the_document_of_build_and_test() -> None:
    test = tree(Parallel, app=Exec("./app", env={"A": "b"}, cpu=2, mem=1.5, gpu=1), other=Exec("x", image="i:1"))
    root = tree(Serial, Build="make", Test=test, Tidy="rm -r out")
    root.doc = "Builds and tests."
    root["Test"].suppress_errors = True
    found = document(plan(root))
    assert {key: found[key] for key in found if key not in ("nodes", "header")} == {
        "output": "pipeline.mk",
        "state": ".conducto/state/pipeline",
        "chosen": ["Test/other"],
        "default_image": IMAGE,
        "folder": ".",
    }
    flags = ["--cpu-shares=2048", "--memory=1536m", "--memory-reservation=1536m", "--gpus=1"]
    assert found["nodes"] == [
        {"target": "all", "need": "", "after": "", "doc": "Builds and tests.", "children": ["Build", "Test", "Tidy"]},
        {"target": "Build", "need": "", "after": "", "exec": {"command": "make"}},
        {
            "target": "Test",
            "need": "Build",
            "after": "",
            "suppress_errors": True,
            "children": ["Test/app", "Test/other"],
        },
        {
            "target": "Test/app",
            "need": "Build",
            "after": "",
            "exec": {"flags": flags, "env": {"A": "b"}, "command": "./app"},
        },
        {
            "target": "Test/other",
            "need": "Build",
            "after": "",
            "exec": {"image": "i:1", "command": "x"},
        },
        {"target": "Tidy", "need": "Test", "after": "", "exec": {"command": "rm -r out"}},
    ]


def order(root: Node) -> dict[str, tuple[str, str]]:
    """What each target needs and comes after."""
    return {node["target"]: (node["need"], node["after"]) for node in document(plan(root))["nodes"]}


def test_a_serial_that_goes_on_keeps_what_it_needs_itself() -> None:
    goes_on = tree(Serial, a="a", none=Serial(), gone=Exec("x", skip=True), b=tree(Parallel, c="c"))
    goes_on.stop_on_error = False
    assert order(tree(Serial, first="1", then=goes_on)) == {
        "all": ("", ""),
        "first": ("", ""),
        "then": ("first", ""),
        "then/a": ("first", ""),
        "then/b": ("first", "then/a"),
        "then/b/c": ("first", "then/a"),
    }


def test_nothing_to_run_is_a_file_that_says_so(tmp_path: Path) -> None:
    assert set(document(plan(Serial()))) == {"output", "header"}


def test_the_kit_takes_the_target() -> None:
    testing.check_target(MAKE)


# --- texts --------------------------------------------------------------------------------------------------------------


def read_by_make(lines: Sequence[str]) -> str:
    """The value of a `define`, expanded, as GNU make's manual and its do_define have it."""
    body: list[str] = []
    depth, joined = 1, ""
    for line in "\n".join(lines[1:]).split("\n"):
        joined += line.removesuffix("\r")
        words = joined.split(None, 1)
        if not joined.startswith("\t") and words[:1] == ["endef"]:
            depth -= 1
            if not depth:
                return re.sub(r"\$\$|\$\(\)", lambda found: "$" if found[0] == "$$" else "", "\n".join(body))
        depth += not joined.startswith("\t") and words[:1] == ["define"]
        if joined.endswith("\\"):
            raise AssertionError(f"joined with the next line: {joined!r}")
        body.append(joined)
        joined = ""
    raise AssertionError("no end")


@given(TEXTS)
def test_a_define_keeps_any_text(text: str) -> None:
    assert read_by_make(make_text.definition("x", text)) == text


@given(TEXTS)
def test_a_word_is_one_line_without_live_syntax(text: str) -> None:
    if not make_text.fits(text):
        assert "\n" in text or len(text.encode()) > make_text.MAX_WORD
        return
    for word in (make_text.word(text), make_text.option("k=", text)):
        assert "\n" not in word
        assert "$" not in word.replace("$$", "")


@pytest.mark.needs("dash", "bash", "busybox")
@given(st.lists(TEXTS, min_size=1, max_size=20))
@settings(max_examples=amount(8, 20), deadline=None)
def test_quotes_are_undone_by_every_shell(texts: list[str]) -> None:
    words = " ".join(map(make_text.quoted, texts))
    for shell in (["dash"], ["bash", "--posix"], ["busybox", "sh"]):
        said = subprocess.run([*shell, "-c", f"printf '%s\\0' {words}"], capture_output=True, check=True).stdout
        assert said.decode().split("\0")[:-1] == texts


RECORDER = '#!/bin/sh\nprintf "%s\\0" "$#" "$1" "$2" "$3" "$CONDUCTO_NODE" "$V"\n'


def recorded(folder: Path, root: Node) -> Callable[[str], list[str]]:
    """The makefile of a tree, run on this host with a bash that prints what it is called with; the words by target."""
    (folder / "bin").mkdir()
    bash = folder / "bin/bash"
    bash.write_text(RECORDER)
    bash.chmod(0o755)
    made = makefile(folder, root)
    ran = made.run("ENGINE=host", env={"PATH": f"{bash.parent}:{os.environ['PATH']}"})
    assert ran.status == 0, ran.err
    return lambda target: made.log(target).decode().split("\0")[:-1]


@pytest.mark.needs("make")
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(NAMES, TEXTS, TEXTS), min_size=1, max_size=12, unique_by=lambda found: found[0]))
def test_make_hands_on_commands_names_and_values_exactly(found: list[tuple[str, str, str]]) -> None:
    root = Parallel(doc="".join(name for name, _, _ in found))
    for name, command, value in found:
        root[name] = Exec(command, env={"V": value}, doc=command)
    with tempfile.TemporaryDirectory(prefix="make-") as folder:
        words = recorded(Path(folder), root)
        for target, (name, command, value) in zip(make_names.targets(plan(root))[1:], found, strict=True):
            assert words(target) == ["3", "-c", dedent(command), "bash", f"/{name}", value]


@pytest.mark.needs("make")
@pytest.mark.parametrize("unit", ["'\\\n$", also("x"), also("'"), also("$"), also("\n")])
def test_the_largest_texts(unit: str, tmp_path: Path) -> None:
    text = ":" + unit * (99_990 // len(unit)) + ":"
    root = tree(Serial, a=Exec(text, env={"V": text}), **{"n" * 30: Exec(text, env={f"W{n}": text for n in range(2)})})
    root["n" * 30].env = {**root["n" * 30].env, "V": "\n"}
    words = recorded(tmp_path, root)
    assert words("a") == ["3", "-c", dedent(text), "bash", "/a", text]
    assert words("n" * 30)[-1] == "\n"


@pytest.mark.needs("make")
def test_values_whose_names_differ_by_case_are_two(tmp_path: Path) -> None:
    env = {"A": "upper\n", "a": "lower\n", "COMMAND": "c\n", "PATH_": "p\n", "NODE": "n\n"}
    made = makefile(
        tmp_path,
        tree(Serial, **{"x\ny": Exec(" ".join(["printf %s", *(f'"${name}"' for name in env)]) + "\n:", env=env)}),
    )
    assert made.run("ENGINE=host").status == 0
    assert made.log(make_names.targets(plan(tree(Serial, **{"x\ny": "true"})))[1]) == "".join(env.values()).encode()


# --- names --------------------------------------------------------------------------------------------------------------


@given(st.lists(NAMES, min_size=1, max_size=10, unique=True), st.lists(NAMES, max_size=5, unique=True))
def test_targets_are_unique_wherever_case_and_form_are_not_told_apart(names: list[str], inner: list[str]) -> None:
    root = Parallel()
    for name in [*names, *(f"{name}\u0301".upper() for name in names if f"{name}\u0301".upper() not in names)]:
        if name not in root:
            root[name] = Parallel()
            for below in inner:
                root[name][below] = Exec("true")
    made = make_names.targets(plan(root))
    assert len({make_names._folded(target) for target in made}) == len(made)
    for target in made:
        assert re.fullmatch(r"\w[\w.+/-]*", target)
        assert len(target.encode()) <= 200
        assert all(part and not part.startswith(".") for part in target.split("/"))


def test_plain_names_stay_and_those_of_the_makefile_are_not_taken() -> None:
    names = ["Test", "test 2", "help", "Run", "ALL", "clean", "Pipeline.mk", "a", "A", "1.2+x_y-z", "käse"]
    root = Parallel()
    for name in names:
        root[name] = Exec("true")
    made = dict(zip(names, make_names.targets(plan(root))[1:], strict=True))
    assert {name for name in names if made[name] == name} == {"Test", "Run", "1.2+x_y-z", "käse"}


# --- refusals -----------------------------------------------------------------------------------------------------------


def test_a_text_that_make_cannot_hand_on_is_refused_with_the_node() -> None:
    for count, expected in ((3, []), (4, [("error", "C310", "/a")])):
        root = tree(Serial, a=Exec("true", env={f"E{number}": "x" * 99_998 for number in range(count)}))
        root["a"].env = {**root["a"].env, "F": "x" * 20}
        assert problems(root) == expected


def test_less_memory_than_docker_takes_is_refused_with_the_node() -> None:
    assert problems(Exec("true", mem=6 / 1024)) == []
    assert problems(Exec("true", mem=5 / 1024)) == [("error", "C308", "/")]


def test_an_unknown_folder_is_a_warning_where_a_node_has_no_container() -> None:
    outside = {"source": "a/pipeline.py", "output": "../x/pipeline.mk"}
    assert problems(Exec("true"), **outside) == []
    assert problems(Exec("true"), image="", **outside) == [("warning", "C312", "/")]
    assert problems(Exec("true"), image="", source="a/pipeline.py", output="b/pipeline.mk") == []


DEFECTS: dict[str, Callable[[Any], Any]] = {
    "an unknown key": lambda found: found.update(jobs=1),
    "no state": lambda found: found.pop("state"),
    "a state elsewhere": lambda found: found.update(state="../x"),
    "a header that is no comment": lambda found: found["header"].append("x:"),
    "no nodes": lambda found: found.update(nodes=[]),
    "a target with a blank": lambda found: found["nodes"][1].update(target="a b"),
    "a target with a newline": lambda found: found["nodes"][1].update(target="a\n"),
    "a target of make's syntax": lambda found: found["nodes"][1].update(target="a%"),
    "a need of make's syntax": lambda found: found["nodes"][1].update(need="a:"),
    "no need": lambda found: found["nodes"][1].pop("need"),
    "a group of nothing": lambda found: found["nodes"][0].update(children=[]),
    "a group with a command": lambda found: found["nodes"][0].update(exec=found["nodes"][1]["exec"]),
    "a flag of its own": lambda found: found["nodes"][1]["exec"]["flags"].append("--privileged"),
    "a number in env": lambda found: found["nodes"][1]["exec"].update(env={"A": 1}),
    "an env name that is none": lambda found: found["nodes"][1]["exec"].update(env={"a-b": "1"}),
    "an image that is an option": lambda found: found["nodes"][1]["exec"].update(image="--rm"),
    "no command": lambda found: found["nodes"][1]["exec"].pop("command"),
    "a secret that is a value": lambda found: found["nodes"][1]["exec"].update(secrets={"A": "hunter2"}),
    "an endless number of retries": lambda found: found["nodes"][1]["exec"].update(retries=-1),
    "a limit of no time": lambda found: found["nodes"][1]["exec"].update(max_time=0),
    "a slot of a target that is none": lambda found: found["nodes"][1]["exec"].update(
        slots=[{"target": "a b", "count": 1}]
    ),
    "a limit around without seconds": lambda found: found["nodes"][1]["exec"].update(within=[{"target": "all"}]),
    "a shell that is an option": lambda found: found["nodes"][1]["exec"].update(shell="-c"),
    "code of an image that is not ours": lambda found: found["nodes"][1]["exec"].update(code="busybox:1"),
    "another platform's syntax": lambda found: found["nodes"][1]["exec"]["flags"].append("--platform=a b"),
    "no images in images": lambda found: found.update(images=[]),
    "an image without a name": lambda found: found.update(
        images=[{"target": "image/0123456789ab", "need": "", "after": ""}]
    ),
    "attempts without number": lambda found: found["nodes"][0].update(again={"containers": [], "images": []}),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_schema_refuses(defect: str) -> None:
    found = copy.deepcopy(document(plan(tree(Serial, a=Exec("true", image="i", cpu=1), b="true"))))
    assert complaint(found) is None
    DEFECTS[defect](found)
    assert complaint(found) is not None


# --- runs on this host --------------------------------------------------------------------------------------------------


@pytest.mark.needs("make")
def test_nothing_to_run_runs(tmp_path: Path) -> None:
    made = makefile(tmp_path, Serial())
    assert made.run().status == made.run("list").status == 0
    assert not made.state.exists()


@pytest.mark.needs("make")
def test_a_log_holds_the_exact_bytes(tmp_path: Path) -> None:
    every = "".join(f"\\{number:03o}" for number in range(256))
    root = tree(Serial, bytes=f"printf '{every}'", large="head -c 300000 /dev/zero", two="echo out; echo err >&2")
    made = makefile(tmp_path, root)
    ran = made.run("ENGINE=host")
    assert ran.status == 0
    assert made.log("bytes") == bytes(range(256))
    assert made.log("large") == bytes(300_000)
    assert made.log("two") == b"out\nerr\n"
    assert "two | out\ntwo | err\n" in ran.out


@pytest.mark.needs("make")
@pytest.mark.parametrize("jobs", ["-j1", "-j4"])
def test_a_failure_stops_what_needs_it_and_nothing_else(jobs: str, tmp_path: Path) -> None:
    test = tree(Parallel, bad="exit 3", slow="sleep 0.3")
    made = makefile(tmp_path, tree(Serial, Build="true", Test=test, Deploy="true"))
    ran = made.run("ENGINE=host", jobs)
    assert ran.status == 2
    assert (made.ended("done"), made.ended("failed"), made.ended("unrun")) == (
        {"Build", "Test/slow"},
        {"Test/bad"},
        {"Deploy"},
    )
    assert "FAILED Test/bad: exit status 3" in ran.err
    assert "2 done, 1 failed, 1 not run" in ran.err


@pytest.mark.needs("make")
def test_what_is_run_at_once(tmp_path: Path) -> None:
    meet = "touch $0.{0}; for i in 1 2 3 4 5 6 7 8 9; do [ -e $0.{1} ] && exit 0; sleep 0.1; done; exit 1"
    made = makefile(tmp_path, tree(Parallel, a=meet.format("a", "b"), b=meet.format("b", "a")))
    for words, status in ((["-j2"], 0), ([], 0), (["-j1"], 2), (["JOBS=1"], 2)):
        assert made.run("ENGINE=host", *words).status == status, words
        for left in tmp_path.glob("*.[ab]"):
            left.unlink()


@pytest.mark.needs("make")
def test_a_chosen_image_is_refused_on_the_host(tmp_path: Path) -> None:
    made = makefile(tmp_path, tree(Serial, free="touch ran", chosen=Exec("touch ran", image="i:1")))
    ran = made.run("ENGINE=host")
    assert ran.status == 2
    assert "chosen is given one" in ran.err
    assert "HOST_IMAGES=ignore" in ran.err
    assert not (tmp_path / "ran").exists()
    ran = made.run("ENGINE=host", "HOST_IMAGES=ignore")
    assert ran.status == 0
    assert made.ended("done") == {"free", "chosen"}
    assert ran.err.count("no isolation") == 1


@pytest.mark.needs("make")
def test_no_default_image_is_no_container_under_any_engine(tmp_path: Path) -> None:
    made = makefile(tmp_path, Exec("pwd", env={"A": "b"}), image="")
    assert made.run().status == 0
    assert made.log("all").decode().strip() == str(tmp_path)


@pytest.mark.needs("make")
def test_it_runs_from_any_folder_and_in_one_with_blanks(tmp_path: Path) -> None:
    folder = tmp_path / "it's a  $folder; #1"
    folder.mkdir()
    made = makefile(folder, tree(Serial, a="pwd; exit 0", b='cat "$PWD/a file"'))
    (folder / "a file").write_text("read")
    for cwd in (folder, tmp_path, Path("/")):
        ran = made.run("ENGINE=host", cwd=cwd)
        assert ran.status == 0, ran.err
        assert made.log("a").decode() == f"{folder}\n"
        assert made.log("b") == b"read"
    relative = Makefile(Path(folder.name) / "pipeline.mk")
    assert relative.run("ENGINE=host", "a", cwd=tmp_path).status == 0
    assert (folder / ".conducto/state/pipeline/.gitignore").read_text() == "*\n"


@pytest.mark.needs("make")
@pytest.mark.parametrize("name", [" one.mk", "  two.mk", " in /  a file.mk", "a  b.mk"])
def test_its_name_may_begin_with_blanks(tmp_path: Path, name: str) -> None:
    made = makefile(tmp_path, Exec("true"))
    (tmp_path / name).parent.mkdir(exist_ok=True)
    made.path.rename(tmp_path / name)
    ran = Makefile(Path(name)).run("ENGINE=host", cwd=tmp_path)
    assert ran.status == 0, ran.err


@pytest.mark.needs("make")
def test_a_makefile_elsewhere_runs_commands_in_the_sources_folder(tmp_path: Path) -> None:
    (tmp_path / "src/deep er").mkdir(parents=True)
    made = makefile(tmp_path, Exec("pwd"), source="src/deep er/pipeline.py", output="out/x.mk")
    assert made.run("ENGINE=host", cwd=Path("/")).status == 0
    assert made.log("all").decode() == f"{tmp_path}/src/deep er\n"


@pytest.mark.needs("make")
def test_from_outside_of_the_repository_the_folder_is_asked_for(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    made = document(plan(Exec("pwd"), "", output="../out.mk"))
    (tmp_path / "out.mk").write_text(MAKE.render(made)["../out.mk"])
    file = Makefile(tmp_path / "out.mk")
    ran = file.run()
    assert (ran.status, "FOLDER=path" in ran.err) == (2, True)
    assert file.run(f"FOLDER={repository}").status == 0
    assert file.log("all").decode() == f"{repository}\n"


NAMES_OF_OTHERS = {
    "PATH": "/nowhere",
    "HOME": "/root of all",
    "MAKEFLAGS": "-k --broken",
    "MAKELEVEL": "7",
    "MAKEFILES": "/nowhere.mk",
    "DOCKER_HOST": "tcp://nowhere:1",
    "ENV": "/nowhere",
    "IFS": "/",
    "SHELL": "/nowhere",
    "ENGINE": "podman",
    "STATE": "/nowhere",
    "JOBS": "none",
    "CURDIR": "/nowhere",
    "state": "/nowhere",
    "image": "nowhere",
    "command": "exit 9",
    "me": "you",
    "LC_ALL": "xx",
    "TMPDIR": "/nowhere",
    "a": "$$HOME $(X) \n'",
}
#: Shown by the shell itself, as PATH leads nowhere.
SHOW = "".join(f'printf "%s\\0" "${name}"\n' for name in NAMES_OF_OTHERS)


@pytest.mark.needs("make")
def test_env_reaches_the_command_and_nothing_of_ours(tmp_path: Path) -> None:
    env = {**NAMES_OF_OTHERS, "BASH_ENV": str(tmp_path / "spy"), "LD_PRELOAD": "/nowhere.so"}
    (tmp_path / "spy").write_text(f"echo spied >>'{tmp_path}/spied'\n")
    made = makefile(tmp_path, tree(Serial, show=Exec(SHOW, env=env), group=Exec("true", env=env)))
    ran = made.run("ENGINE=host")
    assert ran.status == 0, ran.err
    shown = dict(zip(NAMES_OF_OTHERS, made.log("show").decode().split("\0"), strict=False))
    # A shell sets IFS itself, and dynamic linkers tell of a library that is not there.
    shown["PATH"] = shown["PATH"].rpartition("\n")[2]
    assert {**shown, "IFS": "/"} == NAMES_OF_OTHERS
    assert "ld.so" not in ran.err
    assert (tmp_path / "spied").read_text() == "spied\n" * 2


@pytest.mark.needs("make")
def test_what_is_ours_or_makes_does_not_reach_the_command(tmp_path: Path) -> None:
    made = makefile(tmp_path, Exec("env | sed 's/=.*//'; echo '#' $0 $#; cat"))
    assert made.run("ENGINE=host", "JOBS=2", "-k").status == 0
    seen = made.log("all").decode().splitlines()
    mine = {name for name in seen if name.startswith(("CONDUCTO", "MAKE", "MFLAGS", "JOBS", "ENGINE"))}
    assert mine == {"CONDUCTO_NODE", "CONDUCTO_PIPELINE_ID"}
    assert "# bash 0" in seen


@pytest.mark.needs("make")
def test_what_a_command_leaves_running_is_ended(tmp_path: Path) -> None:
    stray = "sleep 71.5 & setsid sleep 71.9 & set -m; sleep 71.7 & (trap '' TERM HUP INT; sleep 71.8) & true"
    began = time.monotonic()
    assert makefile(tmp_path, Exec(stray)).run("ENGINE=host").status == 0
    assert time.monotonic() - began < 10
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert not re.search(r"^sleep 71\.[5789]", left, re.M)


@pytest.mark.needs("make")
@pytest.mark.parametrize(("name", "other"), [("a", "ab"), ("a", "a\nb"), ("a\nb", "a"), ("a\nb", "b")])
def test_what_another_command_has_running_is_not_ended(name: str, other: str, tmp_path: Path) -> None:
    root = tree(Parallel)
    root[name] = Exec("setsid sleep 50 >/dev/null 2>&1 & until [ -e there ]; do sleep 0.1; done; echo $! >mine")
    lasting = "setsid sleep 50 & touch there; until [ -e mine ] && ! kill -0 $(cat mine); do sleep 0.1; done; kill $!"
    root[other] = Exec(lasting, max_time=20)
    ran = makefile(tmp_path, root).run("ENGINE=host", "-j2")
    assert ran.status == 0, ran.err


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[tuple[Makefile, subprocess.Popen[bytes]]]:
    """A pipeline that is being run."""
    made = makefile(tmp_path, tree(Serial, a="touch started; sleep 30", b="true"))
    process = made.start("ENGINE=host")
    wait_for((tmp_path / "started").exists)
    yield made, process
    assert process.wait(20) != 0


@pytest.mark.needs("make")
def test_one_run_at_a_time_and_stop_ends_it(busy: tuple[Makefile, subprocess.Popen[bytes]]) -> None:
    made, process = busy
    pid = (made.state / "lock/pid").read_text().strip()
    for words in ([], ["clean"], ["b"]):
        ran = made.run("ENGINE=host", *words)
        assert (ran.status, f"process {pid}" in ran.err) == (2, True), words
    assert process.poll() is None
    assert made.run("stop").status == 0
    process.wait(20)
    assert not (made.state / "lock").exists()
    assert made.run("clean").status == 0
    assert not made.state.exists()


@pytest.mark.needs("make")
def test_a_lock_of_a_run_that_is_no_more_is_taken(tmp_path: Path) -> None:
    made = makefile(tmp_path, Exec("true"))
    gone = subprocess.Popen(["true"])
    gone.wait()
    with subprocess.Popen(["sleep", "100"]) as other:
        for pid in (f"{gone.pid}\n", "", f"{other.pid}\n"):
            (made.state / "lock").mkdir(parents=True)
            (made.state / ".gitignore").write_text("*\n")
            (made.state / "lock/pid").write_text(pid)
            assert made.run("ENGINE=host").status == 0, pid
            assert not (made.state / "lock").exists()
        other.kill()


@pytest.mark.needs("make")
def test_a_state_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    made = makefile(tmp_path, Exec("true"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/log").write_text("dear")
    for words in ([], ["clean"]):
        assert made.run("ENGINE=host", "STATE=mine", *words).status == 2
        assert (tmp_path / "mine/log").read_text() == "dear"
    assert made.run("ENGINE=host", f"STATE={tmp_path}/a new/state").status == 0
    assert (tmp_path / "a new/state/done/all").exists()


@pytest.mark.needs("make")
def test_one_node_runs_with_what_is_in_it_and_what_it_needs(tmp_path: Path) -> None:
    root = tree(Serial, Build="true", Test=tree(Parallel, app="true", other="exit 1"), Deploy="true")
    made = makefile(tmp_path, root)
    assert made.run("ENGINE=host", "Test/app").status == 0
    assert made.ended("done") == {"Build", "Test/app"}
    assert made.run("ENGINE=host", "Test").status == 2
    ran = made.run("ENGINE=host", "Nothing")
    assert (ran.status, "no node Nothing" in ran.err) == (2, True)
    assert made.run("list").out.split() == ["all", "Build", "Test", "Test/app", "Test/other", "Deploy"]


@pytest.mark.needs("make")
def test_help_tells_how_to_run_and_shows_the_tree(tmp_path: Path) -> None:
    said = makefile(tmp_path, tree(Serial, Build="make")).run("help", cwd=Path("/")).out
    for line in ("  make -f pipeline.mk", "└─0 Build   make", "JOBS := 8"):
        assert line in said
    assert "define" not in said


@pytest.mark.needs("make")
@pytest.mark.parametrize(("flag", "status"), [("-n", 0), ("-q", 1), ("-t", 0)])
def test_nothing_runs_where_make_only_looks(flag: str, status: int, tmp_path: Path) -> None:
    made = makefile(tmp_path, tree(Serial, a="touch ran"))
    ran = made.run(flag, "ENGINE=host")
    assert (ran.status > 0) == (status > 0), ran.err
    assert ("touch ran" in ran.out) == (flag == "-n")
    assert not (tmp_path / "ran").exists()
    assert not made.state.exists()


@pytest.mark.needs("make")
def test_make_below_make_runs_as_by_itself(tmp_path: Path) -> None:
    made = makefile(tmp_path, tree(Parallel, a="true", b="exit 1"))
    (tmp_path / "Makefile").write_text(f"x:\n\t$(MAKE) -f {made.path} ENGINE=host\n")
    above = Makefile(tmp_path / "Makefile")
    for words in (["-j2"], [], ["-k", "-j2"]):
        assert above.run(*words).status == 2
        assert made.ended("done") == {"a"}


@pytest.mark.needs("make")
def test_a_suppressed_root_is_done_whatever_failed(tmp_path: Path) -> None:
    root = tree(Serial, a="exit 1", b="touch ran")
    root.suppress_errors = True
    made = makefile(tmp_path, root)
    assert made.run("ENGINE=host").status == 0
    assert made.ended("unrun") == {"b"}
    assert not (tmp_path / "ran").exists()


TEMPLATES = Path(__file__).parents[1] / "templates"
#: All that an engine can be made of; the first part stands first.
PARTS = ["make/engine.sh", "code.sh", *sorted(f"make/{path.name}" for path in (TEMPLATES / "make").glob("*.sh"))]


@pytest.mark.needs("shellcheck")
def test_the_engine_passes_shellcheck(tmp_path: Path) -> None:
    engine = "".join((TEMPLATES / part).read_text() for part in dict.fromkeys(PARTS))
    (tmp_path / "engine.sh").write_text(engine + '"$@"\n')
    done = subprocess.run(
        ["shellcheck", "-s", "sh", tmp_path / "engine.sh"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_no_part_of_the_engine_holds_what_a_define_would_change() -> None:
    for part in dict.fromkeys(PARTS):
        for line in (TEMPLATES / part).read_text().split("\n"):
            assert not re.match(r"\s*(define|endef)\b", line), (part, line)
            assert not line.endswith(("\r", "\\\\")), (part, line)


#: Uses every part of the engine that needs no docker.
EVERY_PART = "echo x >>count; test $(cat count | wc -l) -gt 2"


@pytest.mark.needs("make", "bash", "busybox", "dash")
@pytest.mark.parametrize("shell", ["busybox", "dash", also("bash")])
def test_the_engine_runs_in_every_shell(shell: str, machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/sh").symlink_to(machine.path(shell))
    tried = tree(Serial, a=Exec(EVERY_PART, env={"A": "it's"}))
    tried.retries = 2
    late = tree(Serial, slow=Exec('echo "$A"; sleep 50', env={"A": Secret("TOKEN")}))
    late.max_time, late.suppress_errors = 2, True
    limited = tree(Parallel, a=Exec("sleep 0.2", max_time=20), b=Exec("false", retries=1, suppress_errors=True))
    limited.max_concurrent = 1
    code = tree(Serial, here=Exec("cat file", image=Image(copy_dir=str(tmp_path))))
    (tmp_path / "file").write_text("read")
    made = makefile(tmp_path, tree(Serial, tried=tried, late=late, limited=limited, code=code), "")
    path = f"{tmp_path}/bin:{os.environ['PATH']}"
    ran = made.run(env={"PATH": path, "TOKEN": "a  $b"})
    assert ran.status == 0, ran.err
    assert made.ended("failed") == {"late/slow", "limited/b"}
    assert made.ended("done") == {"tried/a", "limited/a", "code/here"}
    assert (made.log("late/slow"), made.log("code/here")) == (b"a  $b\n", b"read")
    assert "not found" not in ran.err + ran.out


# --- runs in containers -------------------------------------------------------------------------------------------------

DOCKER = ("make", "docker", f"image:{IMAGE}")


@pytest.mark.needs(*DOCKER)
def test_env_logs_and_resources_in_a_container(tmp_path: Path) -> None:
    # ENV and the like are read by a shell that starts; PATH leads nowhere, so that all of this is the shell's own.
    memory = (
        "for f in memory.max memory/memory.limit_in_bytes; do read x </sys/fs/cgroup/$f && echo $x; done 2>/dev/null"
    )
    every = "".join(f"\\{number:03o}" for number in range(256))
    root = tree(
        Parallel,
        show=Exec(SHOW, env=NAMES_OF_OTHERS),
        memory=Exec(memory + "; true", mem=0.0625, cpu=0.5),
        bytes=f"printf '{every}'; printf x >&2",
        words='echo "$0 $# $CONDUCTO_NODE"; cat; pwd; ls -A / | grep conducto',
    )
    made = makefile(tmp_path, root)
    ran = made.run("-j4", "RUN_FLAGS=--workdir /tmp")
    assert made.ended("failed") == {"words"}, ran.err
    assert (
        dict(zip(NAMES_OF_OTHERS, made.log("show").decode().split("\0"), strict=False)) | {"IFS": "/"}
        == NAMES_OF_OTHERS
    )
    assert made.log("memory") == b"67108864\n"
    assert made.log("bytes") == bytes(range(256)) + b"x"
    assert made.log("words") == b"sh 0 /words\n/tmp\n"
    assert docker("ps", "-aq", "--filter", f"label=conducto.state={made.state}") == []


@pytest.mark.needs(*DOCKER)
def test_a_missing_image_fails_the_nodes_that_need_it(tmp_path: Path) -> None:
    missing = "localhost:1/none:1"
    root = tree(
        Serial, forgiven=Exec("true", image=missing, suppress_errors=True), ok="true", bad=Exec("true", image=missing)
    )
    root["after"] = Exec("true")
    made = makefile(tmp_path, root)
    ran = made.run()
    assert ran.status == 2
    assert (made.ended("done"), made.ended("failed"), made.ended("unrun")) == ({"ok"}, {"forgiven", "bad"}, {"after"})
    assert f"bad: FAILED: no image {missing}" in ran.err
    assert ran.out.count("pulling") + ran.err.count("pulling") >= 1


@pytest.mark.needs("make")
def test_no_docker_is_told_at_once(tmp_path: Path) -> None:
    made = makefile(tmp_path, Exec("true"))
    ran = made.run(env={"DOCKER_HOST": "tcp://localhost:1"})
    assert (ran.status, "docker does not answer" in ran.err) == (2, True)


def test_one_node_alone_has_as_much_room_as_all(tmp_path: Path) -> None:
    root = Serial()
    for number in range(8):
        root[f"n{number}"] = Exec("true", env={f"K{number}{key}": "x" * 99_000 for key in "abcd"})
    made = makefile(tmp_path, root)
    assert made.run("n7", "ENGINE=host").status == 0
    assert made.ended("done") == {f"n{number}" for number in range(8)}


def test_what_is_exported_for_one_node_takes_the_place_of_another_s(tmp_path: Path) -> None:
    """So that the environments of all together are no larger than the largest."""
    root = Serial()
    for node in "ab":
        texts = {f"{node.upper()}{number}": f"{node}\n{number}" for number in range(2)}
        root[node] = Exec(f'printf \'%s \' "${node.upper()}0" "${node.upper()}1"', env=texts)
    made = makefile(tmp_path, root)
    exported = re.findall(r"^(\w+): export (\w+) = \$\((.*)\)$", made.path.read_text(), re.MULTILINE)
    names = {node: [variable for target, variable, _ in exported if target == node] for node in "ab"}
    assert names == {"a": ["CONDUCTO_ENV1", "CONDUCTO_ENV2"], "b": ["CONDUCTO_ENV1", "CONDUCTO_ENV2"]}
    assert made.run("ENGINE=host").status == 0
    assert (made.log("a"), made.log("b")) == (b"a\n0 a\n1 ", b"b\n0 b\n1 ")


def test_a_chain_grows_with_its_length_alone() -> None:
    short, long = (_chain_size(length) for length in (1_000, 2_000))
    assert long < 2.1 * short


def _chain_size(length: int) -> int:
    (made,) = MAKE.render(document(plan(chain(length, Exec("true"))))).values()
    return len(made)


def test_nothing_to_run_has_the_usual_targets(tmp_path: Path) -> None:
    made = makefile(tmp_path, Serial())
    assert [made.run(target).status for target in ("run", "all", "help", "list")] == [0, 0, 0, 0]
