"""Commands, names and env values as opaque bytes, and real scripts, run on each target for real."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module

import pytest

from tests.texts import carry
from tests.texts.carry import CompileFailed, RunFailed, TextRunner
from tests.texts.corpus import commands, env_values, extremes, names
from tests.texts.escapes import ESCAPES
from tests.texts.scripts import SCRIPTS, Script

#: Of commands; half as many names and values of env. From 500 on, nothing is left out of the rest, either.
COUNT = int(os.environ.get("CONDUCTO_TEXTS", "24"))
#: Of the worst texts and of the real scripts, each target, and each of its two images, gets one of so many, none the same as
#: another: so each is run once.
SHARE = 1 if COUNT >= 500 else 6
#: An escaping that is switched off is seen in the first few texts; what comes behind them is not run then.
FEW = 10
HOMES = {"make-docker": "run_make", "github-docker-run": "run_github", "argo": "run_argo"}
IMAGES = tuple(f"image:{image}" for image in (carry.RECORDER, carry.BASH, carry.SH))
NEEDS = {
    "make-docker": ("make", "docker", *IMAGES),
    "github-docker-run": ("act", "docker", *IMAGES),
    "argo": ("argo", "cluster", *IMAGES),
}
TARGETS = [pytest.param(name, marks=pytest.mark.needs(*NEEDS[name])) for name in HOMES]
SWITCHED = [
    pytest.param(target, function, marks=pytest.mark.needs(*NEEDS[target]))
    for target, functions in ESCAPES.items()
    for function in functions
]


def runner(target: str) -> TextRunner:
    """The runner of a target."""
    found: TextRunner = import_module(f"tests.texts.{HOMES[target]}").RUNNERS[target]
    return found


@pytest.mark.parametrize("target", TARGETS)
def test_every_text_arrives(target: str) -> None:
    assert list(carry.differences(runner(target), commands(COUNT), carry.compiler())) == []


@pytest.mark.parametrize("target", TARGETS)
def test_the_worst_texts_arrive_or_are_refused(target: str) -> None:
    """Each on each target, or each on one. A target's limits may stand in the way of what grows most: the node is named then,
    and nothing is cut.
    """
    place, share = list(HOMES).index(target), min(SHARE, len(HOMES))
    texts = extremes()[place::share]
    while texts:
        try:
            assert list(carry.differences(runner(target), texts, carry.compiler())) == []
            return
        except CompileFailed as failure:
            said = str(failure)
        assert set(re.findall(r"^error\[(C\d)", said, re.MULTILINE)) == {"C3"}, said
        refused = {index for index in range(len(texts)) if f"node: /{carry.leaf(index)}\n" in said}
        assert refused, said
        texts = [text for index, text in enumerate(texts) if index not in refused]


@pytest.mark.parametrize("target", TARGETS)
def test_every_name_arrives(target: str) -> None:
    for some in _portions(names(COUNT // 2)):
        source = carry.pipeline(dict.fromkeys(some, carry.SAYS), image=carry.BASH)
        found = runner(target).run(source, some, carry.compiler())
        told = {name: _output(found.get(name)) for name in some}
        assert [line for name in some for line in carry.check_one("node", "/" + name, told[name])] == []


@pytest.mark.parametrize("target", TARGETS)
def test_every_env_value_arrives(target: str) -> None:
    values = env_values(COUNT // 2)
    for indices in carry.batches(values):
        carried = {carry.leaf(index): values[index] for index in indices}
        source = carry.pipeline(dict.fromkeys(carried, carry.SAYS), image=carry.BASH, values=carried)
        found = runner(target).run(source, list(carried), carry.compiler())
        told = {name: _output(found.get(name)) for name in carried}
        assert [line for name in carried for line in carry.check_one("value", carried[name], told[name])] == []


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("image", [carry.BASH, carry.SH])
def test_real_scripts_run_as_they_do_directly(target: str, image: str) -> None:
    scripts = _scripts(list(HOMES).index(target), image)
    execs = {script.name: script.text for script in scripts}
    found = runner(target).run(carry.pipeline(execs, image=image), list(execs), carry.compiler())
    assert [line for script in scripts for line in _unlike(script, image, found.get(script.name))] == []


def _scripts(place: int, image: str) -> list[Script]:
    """Those that run in an image on the target of that place: what needs bash runs in one image alone."""
    if SHARE == 1:
        return [script for script in SCRIPTS if script.shell == "sh" or image == carry.BASH]
    mine = {"sh": (2 * place + (image == carry.SH), SHARE), "bash": (place if image == carry.BASH else -1, SHARE // 2)}
    turns = {shell: [script for script in SCRIPTS if script.shell == shell] for shell in mine}
    return [script for shell, (turn, of) in mine.items() if turn >= 0 for script in turns[shell][turn::of]]


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_said_stays_in_order(target: str) -> None:
    script = 'i=0; while [ $i -lt 1000 ]; do printf "out $i"; printf ", err $i" >&2; echo; i=$((i + 1)); done'
    found = runner(target).run(carry.pipeline({"says": script}, image=carry.SH), ["says"], carry.compiler())
    assert _output(found.get("says")) == b"".join(b"out %d, err %d\n" % (i, i) for i in range(1000))


@pytest.mark.parametrize("target", list(ESCAPES))
def test_the_escapings_of_a_target_are_known(target: str) -> None:
    assert ESCAPES[target], f"{target}: no escaping function in tests/texts/escapes.py"
    for function in ESCAPES[target]:
        subprocess.run([*carry.compiler()[:2], "--probe", f"--identity={function}"], check=True)


@pytest.mark.parametrize(("target", "function"), SWITCHED)
def test_an_escaping_switched_off_is_noticed(target: str, function: str) -> None:
    try:
        found = next(carry.differences(runner(target), commands(50), carry.compiler(function), FEW), None)
    except (CompileFailed, RunFailed) as failure:
        found = str(failure)
    assert found is not None
    assert "Traceback" not in found, "it fell over: that is no proof that somebody looks"


@lru_cache(maxsize=None)
def _direct(script: Script, image: str) -> tuple[bytes, bytes, int]:
    """Output, errors and status of a script run in a container, with nothing of ours in between."""
    shell = "bash" if image == carry.BASH else "sh"
    words = ["docker", "run", "--rm", "--network=none", image, shell, "-c", script.text]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    return done.stdout, done.stderr, done.returncode


def _unlike(script: Script, image: str, got: carry.Leaf | None) -> list[str]:
    """A line if a script did not end and speak as it does directly."""
    stdout, stderr, status = _direct(script, image)
    if got is None:
        return [f"{script.name}: did not run"]
    if got.status != status:
        return [f"{script.name}: status {got.status}, directly {status}"]
    if not carry.interleaved(got.output, stdout, stderr):
        return [f"{script.name}: {got.output!r}, directly {stdout!r} and {stderr!r}"]
    return []


def _portions(some: Sequence[str]) -> list[list[str]]:
    """At most so many as one pipeline holds, in order."""
    return [list(some[at : at + carry.MOST_EXECS]) for at in range(0, len(some), carry.MOST_EXECS)]


def _output(got: carry.Leaf | None) -> bytes:
    """The output of an Exec that ran, or nothing."""
    return b"" if got is None else got.output
