"""Hostile pipelines (tests/hostile/cases.py) that a Generate prints, run by make: refused by name, or kept in containers.

Nothing of them is called on the host, and nothing outside the state folder is changed.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

import conducto as co
from tests import command
from tests.hostile import cases, fuzz
from tests.hostile.cases import CANARY, CASES, MARK, Case
from tests.hostile.recording import ENGINES, Host
from tests.makefiles import IMAGE, Makefile, makefile
from tests.repositories import initialised

#: Words of docker that give a container something of the host.
_OPENS = re.compile(r"--privileged|-v.*|--volume.*|--pid.*|--device.*|/:.*|--network(?!=none$).*")
_ESCAPE = "\x1b"
#: Those that are run, and of the refused those that would open a container; the others that are refused; and of these those
#: that are no pipelines at all, which are read without a makefile around them.
OPENING = ("privileged", "a volume", "docker", "a token", "words for later", *cases.FOR_EVER)
CONTAINED = {name: case for name, case in CASES.items() if not case.refused or name in OPENING}
UNREAD = {name: case for name, case in {**cases.NAMES, **cases.SHAPES}.items() if case.refused}
REFUSED = {name: case for name, case in CASES.items() if name not in CONTAINED and name not in UNREAD}
#: Of these, those whose makefile is seen too: a bomb, what is told of a terminal, and what is printed by a program.
REFUSED.update({name: UNREAD[name] for name in ("a bomb", "what acts on a terminal", "more nodes than are taken")})


def slug(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")


def written(host: Host, chosen: Mapping[str, Case]) -> Makefile:
    """The makefile of a pipeline with a Lazy for each case, side by side."""
    folder = initialised(host.project)
    (folder / "link").symlink_to(host.outside / "other")
    (folder / "pipeline.py").write_text("def f(): pass\n")
    assert command.conducto(folder, "runtime").status == 0
    root = co.Parallel()
    for name, case in chosen.items():
        root[slug(name)] = case.node
    return makefile(folder, root, IMAGE)


def run(host: Host, made: Makefile, *words: str) -> str:
    """Run it, in an hour's worth of tests at most; what it said."""
    before = host.fingerprint()
    done = subprocess.run(
        ["make", "-f", str(made.path), *words],
        cwd=host.project,
        env=host.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=400,
        check=False,
    )
    assert not Path(CANARY).exists()
    assert host.fingerprint() == before
    return done.stderr.decode(errors="replace")


def wrong(made: Makefile, name: str, case: Case) -> list[str]:
    """What did not go as it must."""
    node = slug(name)
    of_it = {how: {target for target in made.ended(how) if _is_of(target, node)} for how in ("done", "failed")}
    if case.refused:
        path = made.state / "failed" / f"{node},Generate"
        said = path.read_text() if path.exists() else "it was taken"
        ran = of_it["done"] | (of_it["failed"] - {f"{node}/Generate"})
        return [f"{name}: {said} ({ran})"] if ran or not re.search(case.refused, said) else []
    inside = (of_it["done"] | of_it["failed"]) - {f"{node}/Generate"}
    found = [] if f"{node}/Generate" in of_it["done"] else [f"{name}: not taken: {of_it}"]
    found += [f"{name}: nothing was run"] if not inside and name not in cases.FOR_EVER else []
    if of_it["failed"] and not case.failed:
        found.append(f"{name}: {of_it['failed']}")
    return found + [f"{name}: {each} did not run" for each in of_it["done"] & inside if not _ran(made, each)]


def _is_of(target: str, node: str) -> bool:
    """Of a long target only the end is left, with a hash of all of it."""
    return target.startswith(f"{node}/") or (node == "two-hundred-levels" and target.endswith("/end"))


def _ran(made: Makefile, target: str) -> bool:
    return target.endswith("/Generate") or b"ran in it" in made.log(target)


def came_through(host: Host, allowed: tuple[str, ...]) -> list[list[str]]:
    """Commands that nobody calls, and those with words of a pipeline's that are not the command or the env of a container."""
    found = []
    for words in host.called():
        name, *arguments = words[words.index("docker") :] if _is_session(words) else words
        if name == "docker" and arguments[:1] in (["run"], ["exec"]):
            arguments = _options(arguments)
        elif name == "docker" and arguments[:1] in (["image"], ["pull"]) and not arguments[-1].startswith("-"):
            del arguments[-1]  # the name of an image
        if name not in allowed or any(CANARY in word or (word.startswith("-") and MARK in word) for word in arguments):
            found.append(words)
    return found


def _is_session(words: list[str]) -> bool:
    """Whether docker is put into a session of its own."""
    started = ["setsid", "env", "--default-signal=INT,QUIT", "docker"]
    return any(words[: len(started) - at] == started[at:] for at in range(len(started) - 1))


def _options(arguments: list[str]) -> list[str]:
    """The words of `docker run` before the command, less values of env and of labels, with those that open a container marked."""
    options = arguments[: arguments.index("-c")] if "-c" in arguments else arguments
    plain = [word for before, word in zip(["", *options], options) if before not in ("-e", "--label")]
    return [f"-{MARK} {word}" if _OPENS.fullmatch(word) else word for word in plain]


@pytest.mark.needs("make", "git", "docker", f"image:{IMAGE}")
def test_what_is_run_stays_in_its_containers(tmp_path: Path) -> None:
    host = Host(tmp_path)
    made = written(host, CONTAINED)
    said = run(host, made, "-j8", "RUN_FLAGS=--network=none")
    assert [each for name, case in CONTAINED.items() for each in wrong(made, name, case)] == [], said
    assert came_through(host, ENGINES) == []
    assert _ESCAPE not in _ours(said)


@pytest.mark.needs("make", "git")
def test_what_is_refused_is_refused_naming_generate(tmp_path: Path) -> None:
    """Without containers there would be nothing between it and the host."""
    printing = ("awk", "base64")
    host = Host(tmp_path, printing)
    made = written(host, REFUSED)
    said = run(host, made, "ENGINE=host", "-j4")
    assert [each for name, case in REFUSED.items() for each in wrong(made, name, case)] == [], said
    assert came_through(host, (*ENGINES, *printing)) == []
    assert set(re.findall(r"^([^ ]+): FAILED: ", said, re.MULTILINE)) == {f"{slug(name)}/Generate" for name in REFUSED}
    assert _ESCAPE not in _ours(said)


@pytest.mark.parametrize("name", [name for name, case in UNREAD.items() if not case.script])
def test_what_is_no_pipeline_is_refused(name: str) -> None:
    printed = UNREAD[name].printed
    with fuzz.place() as there:
        found = there.read(printed if isinstance(printed, bytes) else printed.encode())
    assert (found.how, bool(re.search(UNREAD[name].refused, found.said))) == ("refused", True), found


def _ours(said: str) -> str:
    """What is said by the makefile, and not by a node."""
    return "\n".join(line for line in said.splitlines() if " | " not in line)


def test_there_are_forty_and_more_that_are_all_run() -> None:
    assert len(CASES) >= 40
    assert {*REFUSED, *CONTAINED, *UNREAD} == set(CASES)
    assert len({*REFUSED, *CONTAINED}) >= 40
    assert len({slug(name) for name in CASES}) == len(CASES)


def test_what_is_called_by_its_name_is_seen_and_not_run(tmp_path: Path) -> None:
    host = Host(tmp_path)
    before = host.fingerprint()
    done = subprocess.run(
        ["sh", "-c", f"touch {CANARY} 'a b'; cat --x={MARK}"], env=host.env, check=False, capture_output=True
    )
    assert done.returncode != 0
    assert [words for words in host.called() if words[0] == "touch"] == [["touch", CANARY, "a b"]]
    assert came_through(host, ENGINES) == [["touch", CANARY, "a b"], ["cat", f"--x={MARK}"]]
    assert host.fingerprint() == before
    (host.outside / "home/x").touch()
    assert host.fingerprint() != before


def test_words_that_open_a_container_are_seen(tmp_path: Path) -> None:
    host = Host(tmp_path)
    for words in (["--privileged"], ["-v", "/:/host"], ["--volumes-from", "x"], ["--network=bridge"], [f"--x={MARK}"]):
        called = ["docker", "run", "--rm", "-e", f"A=--{MARK}", *words, "--entrypoint", "/bin/sh", IMAGE, "-c", CANARY]
        (host.told / "1").write_text("\0".join(called) + "\0\n\0")
        assert came_through(host, ENGINES) == [called]
    called = [
        "docker",
        "run",
        "-e",
        f"A={CANARY}",
        "--label",
        f"a=-{MARK}",
        "--entrypoint",
        "/bin/sh",
        IMAGE,
        "-c",
        CANARY,
    ]
    (host.told / "1").write_text("\0".join(called) + "\0\n\0")
    assert came_through(host, ENGINES) == []
