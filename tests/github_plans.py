"""Plans for the github emitter made of rows, its workflows, and a step of one run as the runner runs it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import conducto.backends.github as backend
import jsonschema
import yaml
from conducto.backends.github_schema import SCHEMA

from conducto import limits, options
from conducto.diagnostics import Report
from conducto.ir.images import ImageSpec
from conducto.ir.plan import Origin, Plan
from conducto.ir.tree import Row, Tree
from conducto.targets import Document, Files

GITHUB = backend.GitHub()
ORIGIN = Origin("ci", "sub/ci.py", "run", output=".github/workflows/ci.yml")
#: An image that carries nothing.
IMAGE = ImageSpec("local/busybox:1")
#: What the runner itself tells a step.
RUNNER = {
    "GITHUB_RUN_ID": "7",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "us/ours",
    "GITHUB_REF_NAME": "main",
    "GITHUB_SHA": "0123abc",
}


def execs(*rows: Row, root: Row | None = None, **settings: Any) -> Plan:
    """A plan of Execs (`execute` makes one) under a Parallel, or under `root`."""
    return Plan(Tree([root or Row(-1, "", "parallel"), *rows]), ORIGIN, settings)


def execute(name: str, command: str = "true", image: ImageSpec | None = IMAGE, **own: Any) -> Row:
    """An Exec below the root."""
    return Row(0, name, "exec", command=command, image=image, **own)


def one(command: str = "true", image: ImageSpec | None = IMAGE, **own: Any) -> Plan:
    """A plan of one Exec, /a."""
    return execs(execute("a", command, image, **own))


def told(plan: Plan) -> Report:
    """All that is said of a plan."""
    report = Report()
    limits.check_plan(plan, GITHUB, report)
    options.check_options(plan, GITHUB, report)
    if not report.errors:
        GITHUB.document(plan, report)
    return report


def document(plan: Plan) -> Document:
    """The document of a plan that the target takes."""
    report = told(plan)
    report.raise_errors()
    found: Document = GITHUB.document(plan, Report())
    error = next(iter(jsonschema.Draft202012Validator(SCHEMA).iter_errors(found)), None)
    assert error is None, error.message
    return found


def text(plan: Plan) -> str:
    """The workflow file."""
    files: Files = GITHUB.render(document(plan))
    return files[ORIGIN.output]


def jobs(plan: Plan) -> dict[str, Any]:
    """The jobs by id."""
    found: dict[str, Any] = document(plan)["workflow"]["jobs"]
    return found


def step(plan: Plan, job: str = "a") -> dict[str, Any]:
    """The step that runs a command."""
    found: dict[str, Any] = jobs(plan)[job]["steps"][-1]
    return found


@dataclass(frozen=True)
class Done:
    """A step that ended: what its command printed, less our own two lines, and its status."""

    status: int
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")


def call(
    plan: Plan,
    folder: Path,
    secrets: Mapping[str, str] | None = None,
    job: str = "a",
    path: str = "",
    env: Mapping[str, str] | None = None,
) -> Done:
    """Run a job's step in a folder that stands for the checkout, with `path` before the others on PATH."""
    workflow = yaml.safe_load(text(plan))
    main = workflow["jobs"][job]["steps"][-1]
    given = {key: _secret(value, secrets or {}) for key, value in {**workflow["env"], **main["env"]}.items()}
    whole = {"PATH": f"{path}:{os.environ['PATH']}".lstrip(":"), "HOME": str(folder), **RUNNER, **(env or {}), **given}
    words = ["bash", "-e", "-c", main["run"]]
    nothing = subprocess.DEVNULL
    done = subprocess.run(words, cwd=folder, env=whole, stdin=nothing, capture_output=True, timeout=120, check=False)
    assert done.stderr == b""
    said = done.stdout.decode()
    found = re.fullmatch(r"::stop-commands::(\S+)\n(.*)\n::\1::\n", said, re.DOTALL)
    assert found, said
    return Done(done.returncode, found[2].removesuffix("\n"))


def _secret(value: str, secrets: Mapping[str, str]) -> str:
    """What GitHub makes of an env value of ours."""
    return re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda found: secrets.get(found[1], ""), value)
