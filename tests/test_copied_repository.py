"""A Python function that runs from a git repository: a branch of one that is cloned, or the checkout of the pipeline itself.

From end to end: the repository is bare and served on this machine's loopback, the pipeline is a file of a clone of it, compiled
by the command line and run as a person would on each target, in an image that holds Python and nothing of ours.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import github_act
from tests.command import conducto
from tests.conformance import runner_github as act
from tests.conformance.shell import call
from tests.machine import Machine
from tests.makefiles import Makefile
from tests.plugin_thorough import also
from tests.repositories import commit, git, initialised, served

IMAGE = "local/debian:1"
FUNCTION = '''\
"""Work of {where}."""

from tools import names


def told(count: int, *, name: str = "me"):
    import os

    git = {{key: os.environ.get(f"CONDUCTO_GIT_{{key}}") for key in ("URL", "BRANCH", "SHA")}}
    print("told", "{where}", count + 1, names.greeting(name), os.path.relpath(__file__), os.path.isdir(".git"))
    print("git", git["URL"], git["BRANCH"], git["SHA"])
'''
#: In a folder of its own below the root: paths are told from there.
PIPELINE = f'''\
import conducto as co
from work.sums import told


def run() -> co.Parallel:
    root = co.Parallel()
    root["cloned"] = co.Exec(told, 41, name="a 'b'", params=clone("feature/x"))
    root["copied"] = co.Exec(told, 1, params=co.Params(image=co.Image("{IMAGE}", copy_repo=True)))
    root["gone"] = co.Exec(told, 1, params=clone("none"))
    root["gone"].suppress_errors = True
    return root


def clone(branch: str) -> co.Params:
    return co.Params(image=co.Image("{IMAGE}", copy_url=URL, copy_branch=branch))


URL = "@URL@"
'''
PRINTED = """\
/
├─ cloned   conducto ci/work/sums.py told --count=41 '--name=a '"'"'b'"'"''
├─ copied   conducto ci/work/sums.py told --count=1
└─ gone   conducto ci/work/sums.py told --count=1
"""


class Place(NamedTuple):
    """A clone of the bare repository at `url`, on its branch `main`; the commit of its branch `feature/x`."""

    folder: Path
    url: str
    commit: str

    def compiled(self, target: str, output: str) -> Path:
        """The pipeline's file for a target; with the runtime file committed, as it must be where a checkout is fetched."""
        done = conducto(self.folder, "compile", "-t", target, "ci/pipeline.py", "-o", output)
        assert done.status == 0, done.err
        commit(self.folder)
        return self.folder / output

    def cloned(self) -> list[str]:
        """What the function prints in a clone of the branch."""
        return [
            "told feature/x 42 hello a 'b' ci/work/sums.py False",
            f"git {self.url} feature/x {self.commit}",
        ]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = tmp_path / "made"
    made.mkdir()
    initialised(made)
    write(made, "main")
    git(made, "checkout", "--quiet", "-b", "feature/x")
    write(made, "feature/x")
    git(made, "checkout", "--quiet", "main")
    with served(made) as url:
        git(tmp_path, "clone", "--quiet", url, "clone")
        folder = tmp_path / "clone"
        (folder / "ci/pipeline.py").write_text(PIPELINE.replace("@URL@", url))
        commit(folder)
        yield Place(folder, url, git(made, "rev-parse", "feature/x"))


def write(folder: Path, where: str) -> None:
    """Commit the code of a branch."""
    for name in ("tools", "work"):  # packages: what imports one of them finds the other
        (folder / "ci" / name).mkdir(parents=True, exist_ok=True)
        (folder / "ci" / name / "__init__.py").touch()
    (folder / "ci/work/sums.py").write_text(FUNCTION.format(where=where))
    (folder / "ci/tools/names.py").write_text('def greeting(name):\n    return f"hello {name}"\n')
    commit(folder)


def said(text: str, node: str = "") -> list[str]:
    """What the function printed, in a log of one node; of a log of all, without what stands there before each line."""
    lines = [line for line in text.splitlines() if node in line]
    return [line[line.index(word) :] for line in lines for word in ("told ", "git git:", "git http") if word in line]


def test_it_is_printed_as_it_runs(place: Place) -> None:
    assert conducto(place.folder, "ci/pipeline.py") == (0, PRINTED, "")


@pytest.mark.needs("make", "git", "docker", f"image:{IMAGE}")
def test_under_make(place: Place) -> None:
    made = Makefile(place.compiled("make", "ci/pipeline.mk"))
    ran = made.run()
    assert ran.status == 0, ran.err
    folder = made.path.parent / ".conducto/state/ci-pipeline/log"
    log = {path.stem: path.read_text() for path in folder.iterdir()}
    assert said(log["cloned"]) == place.cloned()
    head = git(place.folder, "rev-parse", "HEAD")
    assert said(log["copied"]) == ["told main 2 hello me ci/work/sums.py False", f"git {place.url} main {head}"]
    assert said(log["gone"]) == []


ON_HOST = also("host", needs=("act", "git", "docker", f"image:{IMAGE}"))
IN_DOCKER = pytest.param(
    "docker", marks=pytest.mark.needs("act", "git", "docker", "image:local/runner:1", f"image:{IMAGE}")
)


@pytest.mark.parametrize("way", [IN_DOCKER, ON_HOST])
def test_under_act(way: str, place: Place) -> None:
    file = place.compiled("github", ".github/workflows/ci.yml")
    with act.environment(file.name) as env:
        words = [act.tool("act"), "push", "-P", f"ubuntu-24.04={github_act.WAYS[way]}", "--pull=false", "--rm"]
        words += ["--concurrent-jobs", "1", "--no-cache-server", "-W", str(file)]
        ran = call(words, cwd=place.folder, allowed=(0, 1), env=env)
    assert ran.status == 0, ran.text
    assert said(ran.text, "/cloned]") == place.cloned(), ran.text
    assert said(ran.text, "/copied]")[:1] == ["told main 2 hello me ci/work/sums.py False"]
    assert said(ran.text, "/gone]") == []


@pytest.mark.needs("argo", "cluster", "git")
def test_on_argo(place: Place, machine: Machine) -> None:
    name = f"copied{secrets.token_hex(6)}"
    project = f'[[tool.conducto.pipelines]]\nfile = "ci/pipeline.py"\ntargets = ["argo"]\nname = "{name}"\n'
    (place.folder / "pyproject.toml").write_text(project)
    file = place.compiled("argo", "ci/pipeline.argo.yaml")
    argo, kubectl, env = machine.path("argo"), machine.path("cluster"), machine.env("cluster")

    def cluster(*words: str) -> str:
        return call(words, cwd=place.folder, env=env, allowed=(0, 1)).text

    cluster(kubectl, "apply", "--server-side", "-f", str(file))
    try:
        given = ("-p", "git-url=https://told.invalid", "-p", "git-branch=main", "-p", "git-sha=123")
        cluster(argo, "submit", "--wait", "--name", name, "--from", f"workflowtemplate/{name}", *given)
        assert cluster(kubectl, "get", "workflow", name, "-o", "jsonpath={.status.phase}") == "Succeeded"
        chosen = ("-l", f"workflows.argoproj.io/workflow={name}", "-o", "name")
        pods = cluster(kubectl, "get", "pods", *chosen).split()
        logs = "".join(cluster(kubectl, "logs", pod, "-c", "main") for pod in pods)
    finally:
        cluster(kubectl, "delete", "--wait=false", "workflow", name)
        cluster(kubectl, "delete", "--wait=false", "-f", str(file))
    copied = ["told main 2 hello me ci/work/sums.py False", "git https://told.invalid main 123"]
    assert len(pods) == 3
    assert sorted(said(logs)) == sorted([*place.cloned(), *copied]), logs
