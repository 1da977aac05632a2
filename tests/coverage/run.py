"""Golden pipelines run on a target for real, and what was seen of each of their nodes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests import github_act
from tests.argo_cluster import Cluster
from tests.coverage import probe
from tests.coverage.cells import ATTRIBUTES, CELLS, Cell
from tests.coverage.probe import EXACT, Compiler, Scratch
from tests.coverage.seen import TOKEN, Seen
from tests.machine import Machine

#: How many Execs run at once at most, where that can be said: enough for those that only wait.
AT_ONCE = 8


@dataclass
class Ran:
    """A run that has ended: whether it is done, the lines of each Exec that was started, and what people see of each node."""

    target: str
    done: bool
    printed: dict[str, list[str]] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    def of(self, cell: Cell) -> Seen:
        """What was seen of a cell's node."""
        below = {
            path[len(cell.node) :].lstrip("/"): lines
            for path, lines in self.printed.items()
            if f"{path}/".startswith(f"{cell.node}/")
        }
        return Seen(self.target, below, self.shown.get(cell.node, ""))

    def text(self) -> str:
        """It as JSON, for another process."""
        return json.dumps(self.__dict__)


def run(target: str, file: Path, folder: Path) -> Ran:
    """Run the output of a target in a scratch repository."""
    return {"make": _make, "github": _github, "argo": _argo}[target](file, folder)


@contextmanager
def another_repository() -> Iterator[str]:
    """The address of a repository whose file `version` is its branch's name: `main`, `next`."""
    with tempfile.TemporaryDirectory(prefix="coverage-other-", ignore_cleanup_errors=True) as folder:
        other = Path(folder, "other")
        other.mkdir()
        probe.git(other, "init", "--quiet", "--initial-branch=main")
        for branch in ("main", "next"):
            probe.git(other, "checkout", "--quiet", "-B", branch)
            (other / "version").write_text(f"{branch}\n")
            probe.commit(other)
        with github_act.served(other) as address:
            yield address


class Golden:
    """A golden pipeline on a target: run as it stands, and with every attribute taken away that the target says exactly."""

    def __init__(self, folder: Path, example: str, target: str) -> None:
        self.target = target
        self.folder = folder
        self.example = example

    def as_it_stands(self, url: str) -> Ran:
        """As people compile and run it."""
        where = probe.scratch(self.folder / "stands", self.example)
        words = [str(command()), "compile", "--target", self.target, "pipeline.py", *self._arguments(url)]
        done = subprocess.run(words, cwd=where.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        probe.commit(where.folder)
        return run(self.target, self._output(where), where.folder)

    def without(self, url: str) -> Ran:
        """Each node of a cell that the target says exactly, without that attribute."""
        where = probe.scratch(self.folder / "without", self.example)
        compiler = Compiler(where, *self._arguments(url))
        subprocess.run([str(command()), "runtime"], cwd=where.folder, capture_output=True, check=True)
        cells = [cell for cell in CELLS.values() if cell.example == self.example]
        exact = [cell for cell in cells if compiler.state(self.target, cell)[0] == EXACT]
        for path, text in compiler.files(self.target, exact, drop=True).items():
            (where.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (where.folder / path).write_text(text, encoding="utf-8", newline="\n")
        probe.commit(where.folder)
        return run(self.target, self._output(where), where.folder)

    def _arguments(self, url: str) -> Sequence[str]:
        return (f"--url={url}",) if self.example == ATTRIBUTES else ()

    def _output(self, where: Scratch) -> Path:
        (found,) = {
            "make": where.folder.glob("*.mk"),
            "argo": where.folder.glob("*.argo.yaml"),
            "github": where.folder.glob(".github/workflows/*.yml"),
        }[self.target]
        return found


def command() -> Path:
    """The `conducto` of this environment."""
    from tests.command import CONDUCTO

    return CONDUCTO


# --- make ---------------------------------------------------------------------------------------------------------------


def _make(file: Path, folder: Path) -> Ran:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "CONDUCTO"))}
    words = ["make", "-f", str(file), f"-j{AT_ONCE}"]
    env = {**kept, "TOKEN": TOKEN}
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, timeout=600, check=False)
    said = done.stdout.decode(errors="replace")
    assert done.returncode in (0, 2), said + done.stderr.decode(errors="replace")
    text = file.read_text(encoding="utf-8")
    ran = Ran("make", done.returncode == 0)
    for comment, name in re.findall(r"((?:^#.*\n)+)(\S+):", text, re.MULTILINE):
        ran.shown[f"/{name}"] = comment
    for line in said.split("\n"):
        node, bar, rest = line.partition(" | ")
        if bar:
            ran.printed.setdefault(f"/{node}", []).append(rest)
    return ran


# --- github -------------------------------------------------------------------------------------------------------------


def _github(file: Path, folder: Path) -> Ran:
    from tests.conformance import runner_github as act

    text = file.read_text(encoding="utf-8")
    workflow: Mapping[str, Any] = yaml.safe_load(text)
    paths = {name: job["steps"][-1]["env"]["CONDUCTO_NODE"] for name, job in workflow["jobs"].items()}
    words = [act.tool("act"), "push", "--json", "--pull=false", "--rm", "--no-cache-server", "-W", str(file), "-s", "TOKEN"]
    words += ["-P", "ubuntu-24.04=-self-hosted", "-P", "golden=local/runner:1", "--concurrent-jobs", str(AT_ONCE)]
    for _ in range(3):
        with tempfile.TemporaryDirectory(prefix="coverage-act-", ignore_cleanup_errors=True) as home:
            env = {**act.environment(home), "TOKEN": TOKEN}
            done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        records = [json.loads(line) for line in (done.stdout + done.stderr).split("\n") if line.startswith("{")]
        if _whole(records):
            break
    ran = Ran("github", done.returncode == 0)
    for comment, name in re.findall(r"((?:^  #.*\n)+)  (\S+):\n", text, re.MULTILINE):
        ran.shown[paths[name]] = comment
    for record in records:
        path = paths.get(record.get("jobID", ""))
        if path is None:
            continue
        if record.get("job") and record["job"] not in ran.shown.get(path, ""):
            ran.shown[path] = ran.shown.get(path, "") + record["job"] + "\n"
        if record.get("raw_output"):
            ran.printed.setdefault(path, []).extend(record["msg"].rstrip("\n").split("\n"))
    return ran


def _whole(records: Sequence[Mapping[str, Any]]) -> bool:
    """Whether of each step that ran an Exec the last line is there, which act on the host may lose."""
    tokens = {record["arg"] for record in records if record.get("command") == "stop-commands"}
    return tokens <= {record.get("command") for record in records}


# --- argo ---------------------------------------------------------------------------------------------------------------


def _argo(file: Path, folder: Path) -> Ran:
    cluster = Cluster(Machine(), folder)
    cluster.keep_secret("golden", token=TOKEN)
    objects = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    (name,) = [found["metadata"]["name"] for found in objects if found["kind"] == "WorkflowTemplate"]
    ended = cluster.run_file(file, name)
    ran = Ran("argo", ended.done)
    for pod in ended.pods:
        ran.printed.setdefault(pod.path, []).extend(pod.lines)
        meta = pod.spec["metadata"]
        ran.shown[pod.path] = json.dumps([meta["labels"], meta["annotations"]], ensure_ascii=False)
    return ran
