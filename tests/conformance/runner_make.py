"""Runs trees by the make target, on this host and in containers."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .job import Job
from .look import ENV, EVERYTHING
from .meeting import by_folder, count_in
from .observe import Run, read
from .runner import Prepared, at_once, outcome, prepared
from .shell import call
from .source import secrets

# What a make above this process tells a make below it: these runs are of nobody's.
_FROM_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MAKE_TERMOUT", "MAKE_TERMERR")


def environment() -> Mapping[str, str]:
    """This process's environment as a person's shell would have it."""
    return {key: value for key, value in os.environ.items() if key not in _FROM_MAKE}


@dataclass
class Make:
    """One `make -f` a job."""

    name: str
    pace: float
    batch: int
    settings: tuple[str, ...]
    sees: frozenset[str]
    image: str = ""
    shared: tempfile.TemporaryDirectory[str] = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="conformance-meeting-")
    )

    def run(self, jobs: Sequence[Job]) -> list[Run]:
        """Run the jobs side by side."""
        return at_once(jobs, self._one)

    def _one(self, job: Job) -> Run:
        with prepared(job, "make", "{name}.mk", runner=self, image=self.image) as made:
            words = ["make", "-f", str(made.output), *self.settings]
            if self.image:
                # A container that makes no network of its own starts in half the time.
                words.append(f"RUN_FLAGS=--network=host -v {self.shared.name}:{self.shared.name}")
            if job.slots:
                words.append(f"JOBS={job.slots}")
            try:
                done = call(words, cwd=made.folder, allowed=(0, 2), env={**environment(), **secrets()}, timeout=900)
            finally:
                if self.image:
                    _remove_images(made)
            return made.run(read(done.text), outcome(done.status, failed=2), done.text)

    def meet(self, mine: str, other: str) -> str:
        """Both commands see one folder."""
        return by_folder(self.shared.name, mine, other)

    def count(self, token: str) -> str:
        """In the same folder."""
        return count_in(self.shared.name, token)


def _remove_images(made: Prepared) -> None:
    """Those that a run has made, of the pipeline's code: nobody would ever use them again."""
    if " image/" in made.output.read_text(encoding="utf-8"):
        found = call(["docker", "images", "--quiet", f"conducto/{made.name}"], cwd=made.folder).text.split()
        if found:
            call(["docker", "rmi", "--force", *found], cwd=made.folder, allowed=(0, 1))


RUNNERS: Mapping[str, Callable[[], Make]] = {
    "make-host": lambda: Make("make-host", 0.5, 4, ("ENGINE=host",), frozenset({ENV})),
    "make-docker": lambda: Make("make-docker", 1.0, 3, (), EVERYTHING, "local/busybox:1"),
}
