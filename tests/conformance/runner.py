"""What a runner is, and all that the runners of every target have in common.

A runner takes each job through the same stations: a fresh folder, the pipeline file with fresh tokens, the real
compiler, a real run, the commands' own lines. The first three are `prepared`, the last is `Prepared.run`.
"""

from __future__ import annotations

import importlib
import json
import re
import secrets
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from tests import command

from . import attempts, attributes, lazily_source, source
from .accepts import unwarranted
from .job import Job
from .observe import Refusal, Run, Seen, events, sights, survivors
from .reference import check
from .shell import RunnerError
from .source import Told
from .trees import pairs

# Which module knows which runners (its RUNNERS: name -> a function that makes one).
MODULES = {
    "make-host": "runner_make",
    "make-docker": "runner_make",
    "github-host": "runner_github",
    "github-docker": "runner_github",
    "argo": "runner_argo",
}


class Runner(Protocol):
    """A way to run trees for real."""

    name: str
    # Seconds that surely outlast what happens between two Execs: the end of one, the start of three more.
    pace: float
    # How many jobs are best run at once.
    batch: int
    # What commands can look at: see look.py.
    sees: frozenset[str]

    def run(self, jobs: Sequence[Job]) -> list[Run]:
        """Run the jobs, all at once, one Run each; a job that could not be run has `Run.error`."""

    def meet(self, mine: str, other: str) -> str:
        """Shell text that succeeds once both siblings have run it, the other with the arguments swapped, else fails."""

    def count(self, token: str) -> str:
        """Shell text that puts into `$n` how often it was run by now."""


class Refused(Exception):
    """The compiler says that its target cannot say what is in a pipeline."""

    def __init__(self, refusals: Sequence[Refusal], source: str) -> None:
        super().__init__(*refusals)
        self.refusals, self.source = tuple(refusals), source


def load(name: str) -> Runner:
    """The runner of this name; KeyError if there is none."""
    module = importlib.import_module(f"{__package__}.{MODULES[name]}")
    runners: Mapping[str, Callable[[], Runner]] = module.RUNNERS
    return runners[name]()


def outcomes(runner: Runner, jobs: Sequence[Job], size: int = 0) -> Iterator[tuple[Job, Run, list[str]]]:
    """Run jobs, `size` at any time (the runner's batch if 0); each with its run and what is wrong with it, in their order."""
    pool = ThreadPoolExecutor(size or runner.batch)
    try:
        for job, (run,) in zip(jobs, pool.map(lambda job: runner.run([job]), jobs), strict=True):
            yield job, run, judged(runner.name, job, run)
    finally:  # also where nobody wants the rest
        pool.shutdown(cancel_futures=True)


def judged(target: str, job: Job, run: Run) -> list[str]:
    """What is wrong with a run, one line each; of a refusal: that the target can say this, or that it names another node."""
    if run.refused and not run.error:
        return unwarranted(job.tree, run.refused, target)
    return (attempts.check if job.looks else check)(job.expected, run)


def at_once(jobs: Sequence[Job], one: Callable[[Job], Run]) -> list[Run]:
    """`one` of every job, side by side; a refusal and a RunnerError become part of that job's run."""

    def guarded(job: Job) -> Run:
        try:
            return one(job)
        except Refused as refused:
            # Of a tree without attributes nothing may be refused.
            error = "" if attributes.has(job.tree, "") else f"was refused: {refused}\n{refused.source}"
            return Run((), "", refused=refused.refusals, error=error, source=refused.source)
        except RunnerError as error:
            return Run((), "", error=str(error))

    with ThreadPoolExecutor(max(1, len(jobs))) as pool:
        return list(pool.map(guarded, jobs))


@dataclass(frozen=True)
class Prepared:
    """A job's pipeline, compiled, in a folder of its own."""

    name: str  # the file's stem: fresh, and a valid Kubernetes name
    folder: Path
    source: Path
    output: Path
    tokens: Mapping[str, str]  # token -> the path its exec is known by

    def run(self, lines: Sequence[Seen], status: str, said: str = "", *, look: bool = True) -> Run:
        """The observation; `said` is what the target printed, `look` whether processes left behind would be seen here."""
        try:
            happened, saw = events(lines, self.tokens), sights(lines, self.tokens)
        except ValueError as error:
            raise RunnerError(str(error)) from error
        left = survivors(self.tokens) if look else ()
        return Run(happened, status, left, saw=saw, source=self.source.read_text(encoding="utf-8"), said=said)


@contextmanager
def prepared(
    job: Job,
    target: str,
    output: str,
    *,
    runner: Runner,
    image: str = "",
    config: str = "",
    sink: str = "",
    clock: bool = False,
    setup: Callable[[Path], None] | None = None,
) -> Iterator[Prepared]:
    """The job's pipeline compiled for a target into a fresh folder, which goes when the context ends.

    `output`: the compiled file's path in the folder, `{name}` standing for the pipeline's fresh name. `config`: text of
    a pyproject.toml. `setup`: called with the folder before anything is compiled (to make it a repository, say).
    `image`, `sink`, `clock`: as in `source.pipeline`. Refused where the compiler says that its target cannot say this;
    RunnerError where something else goes wrong; the pipeline's text is part of its message.
    """
    name = f"p{secrets.token_hex(6)}"
    tokens = {path: secrets.token_hex(8) for path in sorted(set(job.known().values()))}
    told = Told(tokens, image, runner.pace, sink, clock, runner.sees, runner.count, f"{name}.py")
    text = (lazily_source if pairs(job.tree) else source).pipeline(job, told)
    with tempfile.TemporaryDirectory(prefix="conformance-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary).resolve()
        file, made = folder / f"{name}.py", folder / output.format(name=name)
        file.write_text(text, encoding="utf-8", newline="\n")
        made.parent.mkdir(parents=True, exist_ok=True)
        if config:
            (folder / "pyproject.toml").write_text(config, encoding="utf-8")
        try:
            if setup:
                setup(folder)
            _compile(folder, target, file.name, "-o", str(made), text=text)
            if not made.is_file():
                raise RunnerError(f"no {made.name} was made")
            yield Prepared(name, folder, file, made, {token: path for path, token in tokens.items()})
        except RunnerError as error:
            raise RunnerError(f"{error}\n{text}") from error


def _compile(folder: Path, target: str, *words: str, text: str) -> None:
    try:
        done = command.conducto(folder, "compile", "--format", "json", "--target", target, *words)
    except (OSError, subprocess.SubprocessError) as error:
        raise RunnerError(f"conducto compile: {error}") from error
    if done.status == 2:
        raise Refused(_refusals(done.err), text)
    if done.status:
        raise RunnerError(f"conducto compile: exit status {done.status}\n{done.out}{done.err}")


def _refusals(printed: str) -> list[Refusal]:
    """The errors that the compiler printed; RunnerError if one of them is not about what a target can say (C3xx)."""
    try:
        errors = [found for found in json.loads(printed) if found["severity"] == "error"]
    except ValueError:
        errors = []
    if not errors or any(not error["code"].startswith("C3") for error in errors):
        raise RunnerError(f"conducto compile: {printed}")
    return [Refusal(error["code"], error["node"] or "", error["message"]) for error in errors]


def outcome(status: int, failed: int) -> str:
    """A target's exit status as an outcome, `failed` being the one that says so; RunnerError for any other."""
    if status not in (0, failed):
        raise RunnerError(f"exit status {status}")
    return "failed" if status else "done"


def anonymous(run: Run) -> Run:
    """The run with the pipeline's tokens made readable, to show to somebody."""
    numbers: dict[str, str] = {}

    def plain(found: re.Match[str]) -> str:
        return numbers.setdefault(found[0], f"{len(numbers):016x}")

    source, said = (re.sub(r"\b[0-9a-f]{16}\b", plain, text) for text in (run.source, run.said))
    return replace(run, source=source, said=said)
