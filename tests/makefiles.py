"""Makefiles of trees made in the tests' own process, and runs of them as a person's shell would start them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jsonschema

from conducto import targets
from conducto.diagnostics import Report
from conducto.header import printed
from conducto.ir import lower, resolve, shared, translate
from conducto.ir.plan import Origin, Plan
from conducto.nodes import Node
from conducto.repository import Repository
from conducto.targets import Document, whole
from tests import plans

MAKE = targets.get("make")
IMAGE = "local/busybox:1"
# What a make above this process tells a make below it, and what conducto tells a command: none of it is for these runs.
_NOT_OURS = ("MAKE", "MFLAGS", "CONDUCTO_PIPELINE_ID", "CONDUCTO_NODE")


def plan(
    root: Node,
    image: str = IMAGE,
    source: str = "pipeline.py",
    output: str = "pipeline.mk",
    home: Repository = plans.HOME,
) -> Plan:
    """The plan of a tree whose nodes have `image` where they were given none; paths of images are relative to `home`."""
    report = Report()
    tree = shared.shared(resolve.resolve(root, image, home, report), False)
    tree = translate.translate(tree, home, "", report)
    report.raise_errors()
    origin = Origin("pipeline", source, "run", printed=tuple(printed(tree)), output=output)
    return lower.lower(tree, origin, {}, Report())


def document(made: Plan) -> Document:
    """The document of a plan that the target takes."""
    report = Report()
    found = whole(MAKE.document(made, report))
    report.raise_errors()
    assert complaint(found) is None
    return found


def complaint(found: Document) -> str | None:
    """What the schema says first against a document."""
    assert MAKE.schema is not None
    error = next(iter(jsonschema.Draft202012Validator(MAKE.schema).iter_errors(found)), None)
    return error and error.message


@dataclass(frozen=True)
class Ran:
    """A make that ended."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Makefile:
    """A makefile on disk."""

    path: Path

    @property
    def state(self) -> Path:
        return self.path.parent / ".conducto/state/pipeline"

    def words(self, *words: str) -> list[str]:
        # A container that makes no network of its own starts in half the time.
        return ["make", "-f", str(self.path), "RUN_FLAGS=--network=host", *words]

    def run(self, *words: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Ran:
        """`make -f FILE WORDS`, to its end."""
        done = subprocess.run(
            self.words(*words),
            cwd=cwd or self.path.parent,
            env={**environment(), **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """`make -f FILE WORDS` in a process group of its own; what it says goes to `said` beside the file."""
        with (self.path.parent / "said").open("wb") as said:
            return subprocess.Popen(
                self.words(*words),
                cwd=self.path.parent,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def log(self, target: str) -> bytes:
        """What a node printed."""
        return (self.state / "log" / f"{target.replace('/', ',')}.log").read_bytes()

    def ended(self, how: str) -> set[str]:
        """The nodes that ended so: `done`, `failed` or `unrun`."""
        return {path.name.replace(",", "/") for path in (self.state / how).iterdir()}


def environment() -> dict[str, str]:
    """This process's environment as a person's shell would have it."""
    return {key: value for key, value in os.environ.items() if not key.startswith(_NOT_OURS)}


def makefile(
    folder: Path, root: Node, image: str = IMAGE, *, source: str = "", output: str = "pipeline.mk"
) -> Makefile:
    """The makefile of a tree, written to `output` in `folder`, which is the repository."""
    home = Repository(os.path.realpath(folder), True)
    made = document(plan(root, image, source or "pipeline.py", output, home))
    for path, text in MAKE.render(made).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
    return Makefile(folder / output)


def docker(*words: str) -> Sequence[str]:
    """The lines that a docker command prints."""
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout.splitlines()


def wait_for(what: Callable[[], object], seconds: float = 20) -> None:
    """Until `what` is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
