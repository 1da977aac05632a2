"""By what a launched pipeline is run: what is asked for, what there is, and what its nodes need."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import conducto as co
from conducto.diagnostics import ConductoError
from conducto.launch import engine
from conducto.launch.options import Options
from conducto.nodes import Node
from tests import command, makefiles
from tests.command import conducto, python
from tests.launching import HOST, local, on_path, project
from tests.makefiles import IMAGE, docker


def tree(**attributes: object) -> Node:
    root = co.Serial()
    root["a"] = co.Exec("true")
    root["b"] = co.Exec("true", **attributes)
    return root


PLAIN: Mapping[str, object] = {}
CHOSEN: Mapping[str, object] = {"image": "alpine"}
SILENT, DEAF = "echo first line >&2; echo second >&2; exit 1", "exit 1"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of one folder, which is empty."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "bin"


def put(path: Path, name: str, text: str) -> None:
    (path / name).write_text(f"#!/bin/sh\n{text}\n")
    (path / name).chmod(0o755)


@pytest.mark.parametrize(
    ("docker", "attributes", "asked", "image", "wanted"),
    [
        ("exit 0", PLAIN, None, "i", ("docker", "docker answers")),
        ("exit 0", CHOSEN, None, "i", ("docker", "docker answers")),
        ("exit 0", PLAIN, "docker", "i", ("docker", "as asked for")),
        ("exit 0", PLAIN, "host", "i", ("host", "as asked for")),
        (SILENT, PLAIN, None, "i", ("host", "docker does not answer (first line)")),
        (DEAF, PLAIN, None, "i", ("host", "docker does not answer")),
        (None, PLAIN, None, "i", ("host", "there is no docker here")),
        (None, PLAIN, None, "", ("", "no Exec has an image, so all run on this host")),
        ("exit 0", PLAIN, None, "", ("", "no Exec has an image, so all run on this host")),
        (None, {"image": co.Image(copy_dir=".")}, None, "i", ("host", "there is no docker here")),
        (None, {"image": "alpine", "skip": True}, None, "i", ("host", "there is no docker here")),
    ],
)
def test_what_is_taken(
    docker: str | None,
    attributes: Mapping[str, object],
    asked: str | None,
    image: str,
    wanted: tuple[str, str],
    path: Path,
) -> None:
    if docker is not None:
        put(path, "docker", docker)
    found = engine.choose(makefiles.plan(tree(**attributes), image), Options(engine=asked))
    assert (found.name, found.why) == wanted


@pytest.mark.parametrize(
    ("docker", "attributes", "asked", "said", "node"),
    [
        (SILENT, CHOSEN, None, "docker does not answer (first line), and this node has an image of its own", "/b"),
        (None, CHOSEN, None, "there is no docker here, and this node has an image of its own", "/b"),
        (None, CHOSEN, "docker", "there is no docker here, and this node has an image of its own", "/b"),
        (None, PLAIN, "docker", "there is no docker here, and docker was asked for", None),
        ("exit 0", CHOSEN, "host", "this node has an image of its own", "/b"),
        (None, {"image": co.Image(install_pip=["x"])}, None, "there is no docker here, and this node has", "/b"),
    ],
)
def test_what_is_refused(
    docker: str | None, attributes: Mapping[str, object], asked: str | None, said: str, node: str | None, path: Path
) -> None:
    if docker is not None:
        put(path, "docker", docker)
    with pytest.raises(ConductoError) as found:
        engine.choose(makefiles.plan(tree(**attributes), "i"), Options(engine=asked))
    (diagnostic,) = found.value.diagnostics
    assert (diagnostic.code, diagnostic.message[: len(said)], diagnostic.node) == ("C433", said, node)
    assert diagnostic.help
    assert (diagnostic.location is not None) == (node is not None)


def test_making_ready_needs_no_docker_yet(path: Path) -> None:
    plan = makefiles.plan(tree(**CHOSEN), "i")
    found = engine.choose(plan, Options(run=False))
    assert found == ("docker", "there is no docker here, so it cannot be started now")
    assert engine.choose(plan, Options(run=False, engine="docker")).name == "docker"
    with pytest.raises(ConductoError, match="C433"):
        engine.choose(plan, Options(run=False, engine="host"))


def test_docker_that_says_nothing_is_not_waited_for_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(path, "docker", "exec /bin/sleep 60")
    monkeypatch.setattr(engine, "_PATIENCE", 0.2)
    found = engine.choose(makefiles.plan(tree(), "i"), Options())
    assert found == ("host", "docker does not answer within 0.2 seconds")


# --- make ---------------------------------------------------------------------------------------------------------------


def test_gnu_make_by_either_name(path: Path) -> None:
    with pytest.raises(ConductoError) as found:
        engine.make()
    assert found.value.diagnostics[0].code == "C434"
    put(path, "make", "echo usage; exit 1")
    with pytest.raises(ConductoError, match="C434"):
        engine.make()
    put(path, "gmake", "echo GNU Make 4.3")
    assert engine.make() == "gmake"
    put(path, "make", "echo GNU Make 3.81")
    assert engine.make() == "make"


# --- for real -----------------------------------------------------------------------------------------------------------


def test_without_make_nothing_is_written(tmp_path: Path) -> None:
    before = command.fingerprint(project(tmp_path))
    done = python(tmp_path, "f.py", "--local", HOST, env={"PATH": str(tmp_path / "none")})
    assert (done.status, done.out, done.err[:12]) == (2, "", "error[C434]:")
    assert command.fingerprint(tmp_path) == before


def test_a_node_that_needs_docker_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    project(tmp_path)
    env = on_path(tmp_path, "exit 1")
    before = command.fingerprint(tmp_path)
    done = python(tmp_path, "f.py", "chosen", "--local", env=env)
    assert done.status == 2
    assert re.match(
        "error\\[C433\\]: docker does not answer, and this node has an image of its own.*\n +--> f.py:[0-9]+\n",
        done.err,
    )
    assert " = node: /a\n" in done.err
    assert "note: the image is alpine" in done.err
    assert command.fingerprint(tmp_path) == before


@pytest.mark.needs("make")
def test_where_all_run_without_a_container_docker_is_not_asked(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.conducto.make]\ndefault-image = ""\n')
    env = on_path(tmp_path, f"touch {tmp_path}/asked; exit 1")
    done = python(tmp_path, "f.py", "--local", env=env)
    assert done.status == 0, done.err
    assert done.err.startswith("running f (no Exec has an image, so all run on this host); its logs go to ")
    assert not (tmp_path / "asked").exists()


@pytest.mark.needs("make", "docker", f"image:{IMAGE}")
def test_in_docker_a_run_is_shown_by_itself_and_stopped(tmp_path: Path) -> None:
    text = f"""
import conducto as co
root = co.Serial(image="{IMAGE}")
root["a"] = co.Exec("echo here; sleep 300")
root.launch_local(use_shell=False, run=True)
"""
    project(tmp_path, text)
    done = python(tmp_path, "f.py")
    assert "with ENGINE=docker (docker answers)" in done.err, done.err
    label = f"label=conducto.state={os.path.realpath(local(tmp_path))}/state"
    makefiles.wait_for(lambda: docker("ps", "-q", "--filter", label), 60)
    stop = re.search("stop it:     (.*)\n", done.err)
    assert stop is not None
    assert command.run(tmp_path, "sh", "-c", stop[1]).status == 0
    assert docker("ps", "-aq", "--filter", label) == []
    assert conducto(tmp_path, "run", "f.py", "root", "--no-run").err.startswith("f is ready")
