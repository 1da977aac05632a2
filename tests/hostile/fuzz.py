"""`python -m tests.hostile.fuzz --count 10000 --seed 1`: what a Generate may print, read and made rules for make as on a host.

Each input is read in a process of its own, under MEMORY and SECONDS. It must be taken, or refused in one line that no terminal
acts on; nothing but the rules of what was taken is written, and in them nothing is make's but what we have put there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from conducto.backends import make_above, make_grown, make_names

import conducto as co
from conducto.diagnostics import Report
from conducto.ir import lower, resolve, shared, translate
from conducto.ir.plan import Origin
from conducto.repository import Repository
from conducto.text import shown
from tests.hostile import inputs

#: Bytes that a process may hold, Python and conducto itself among them, and seconds of a processor that it may take.
MEMORY = 300 << 20
SECONDS = 5
#: Where a process is ended that takes neither.
_ENDED_AFTER = 120

_MAKES = re.compile(r"\$\((?:exec|join|again|grow|build|[\w.+/-]+\.[\w.]+)?\)|\"?\$\$\w*")
_LINE = re.compile(
    r"|#.*|\t.*| {4}.*|(?:NODES|ATTEMPTS|IMAGES) \+=.*|[\w.+/-]+:;@:|[\w.+/-]+:(?: [\w.+/|\\-]+)*|"
    r"[\w.+/-]+: export CONDUCTO_\w+ = \$\([\w.+/-]+\)"
)


class Outcome(NamedTuple):
    """What became of an input: `how` is "taken", "refused" or what went wrong; bytes and seconds that it took."""

    how: str
    said: str
    memory: int
    seconds: float

    @property
    def good(self) -> bool:
        return self.how in ("taken", "refused") and self.memory <= MEMORY and self.seconds <= SECONDS


class Place:
    """A repository, and in it a folder that is written to; pipelines with a Lazy: two that have all, one that has nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / ".conducto/state/pipeline"
        self.log, self.taken = folder.parent / f"{folder.name}.log", folder.parent / f"{folder.name}.memory"
        self.work.mkdir(parents=True)
        for name in (".git/HEAD", "app/a.py", "app/data.csv", "Dockerfile"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text("")
        all_of_it: dict[str, Any] = {
            "image": co.Image("x:1", copy_dir=str(folder)),
            "requires_docker": True,
            "docker_run_args": ["--privileged"],
            "env": {"T": co.Secret("TOKEN"), "A": "b"},
            "max_concurrent": 9,
            "max_time": 999,
        }
        self.told = [
            self._told({"image": all_of_it["image"]}, ()),
            *[self._told(all_of_it, (co.Image(dockerfile_text="FROM x", name="base"),))] * 2,
        ]

    def _told(self, own: Mapping[str, Any], images: tuple[co.Image, ...]) -> str:
        home = Repository(os.path.realpath(self.folder), True)
        root = co.Serial(**own)
        for image in images:
            root.register_image(image)
        root["Test"] = co.Lazy("make tests")
        report = Report()
        tree = translate.translate(
            shared.shared(resolve.resolve(root, "default", home, report), False), home, "", report
        )
        report.raise_errors()
        plan = lower.lower(tree, Origin("pipeline", "pipeline.py", "run", output="pipeline.mk"), {}, report)
        told: str = make_above.text(plan, plan.growing()[0], make_names.targets(plan))
        return told

    def read(self, printed: bytes, number: int = 0) -> Outcome:
        """Read what a Generate printed, in a process of its own."""
        self.log.write_bytes(printed)
        return self.read_log(number)

    def write(self, make: Callable[[], tuple[str, bytes]]) -> str:
        """An input into the log, by a process of its own, so that what it takes to make it is not counted; its kind."""
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                kind, printed = make()
                self.log.write_bytes(printed)
                os.write(theirs, kind.encode())
                os._exit(0)
            finally:
                os._exit(70)
        os.close(theirs)
        with os.fdopen(ours, "rb") as pipe:
            kind = pipe.read().decode()
        _, status = os.waitpid(child, 0)
        if status:
            raise AssertionError("an input could not be made")
        return kind

    def read_log(self, number: int = 0) -> Outcome:
        """Read what is in the log."""
        rules = self.work / "rules.mk"
        ours, theirs = os.pipe()
        begun = time.monotonic()
        child = os.fork()
        if child == 0:
            os.close(ours)
            self._in_child(theirs, self.told[number % len(self.told)], rules)
        os.close(theirs)
        with os.fdopen(ours, "rb") as pipe:
            said = pipe.read()
        _, status, used = os.wait4(child, 0)
        taken = int(self.taken.read_text()) if self.taken.exists() else used.ru_maxrss * 1024
        self.taken.unlink(missing_ok=True)
        how = self._how(os.waitstatus_to_exitcode(status), said, rules)
        rules.unlink(missing_ok=True)
        left = sorted(path.name for path in self.work.iterdir())
        if left:
            how = f"left {left} behind"
        if time.monotonic() - begun > _ENDED_AFTER - 1:
            how = "without end"
        return Outcome(how, said.decode(errors="replace"), taken, used.ru_utime + used.ru_stime)

    def _in_child(self, out: int, told: str, rules: Path) -> None:
        status, before = 70, _peak()
        try:
            os.dup2(out, 1)
            os.dup2(out, 2)
            sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
            sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS * 3, SECONDS * 3))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY * 4, MEMORY * 4))
            signal.alarm(_ENDED_AFTER)
            os.environ.update(CONDUCTO_ABOVE=told, CONDUCTO_ROOT=str(self.folder), CONDUCTO_ENGINE="docker")
            status = make_grown.main(str(self.log), "0", str(rules))
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            self.taken.write_text(str(_peak() - before))
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _how(self, status: int, said: bytes, rules: Path) -> str:
        if status == 0 and not said:
            wrong = next(_not_ours(rules), None)
            return "taken" if wrong is None else f"made a line that is not ours: {wrong!r:.300}"
        if status == 1 and not rules.exists():
            text = said.decode("utf-8").removesuffix("\n")
            if text and text == shown(text) and len(text) < 2_000:
                return "refused"
        return f"ended with {status}"


def _peak() -> int:
    """The most memory that this process has had since the last call, in bytes: a fork begins with all of its parent's."""
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    Path("/proc/self/clear_refs").write_text("5")
    assert found is not None
    return int(found[1]) * 1024


def _not_ours(rules: Path) -> Iterator[str]:
    """Lines of rules that make would read as another thing than we have written."""
    defined = ""
    with rules.open(encoding="utf-8", newline="\n") as lines:
        for line in (line.removesuffix("\n") for line in lines):
            if defined:
                defined = "" if line == "endef" else defined
            elif re.fullmatch(r"define [\w.+/-]+", line):
                defined = line
            elif not _LINE.fullmatch(line) or (line.endswith("\\") and line.startswith("#")):
                yield line
            if "$" in _MAKES.sub("", line) and (defined or not line.startswith("#")):
                yield line
    if defined:
        yield defined


@contextmanager
def place() -> Iterator[Place]:
    """A place that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="conducto-fuzz-") as folder:
        (Path(folder) / "repository").mkdir()
        yield Place(Path(folder) / "repository")


class Result(NamedTuple):
    """`counts` of each kind and outcome, the worst of memory and time by kind, and what is wrong."""

    counts: Counter[tuple[str, str]]
    memory: dict[str, int]
    seconds: dict[str, float]
    wrong: list[str]

    def total(self) -> Counter[str]:
        """The outcomes of all kinds."""
        found = Counter[str]()
        for (_, how), count in self.counts.items():
            found[how] += count
        return found


def run(seed: int, start: int, count: int, large: int = inputs.LARGE_ONE_OF) -> Result:
    """So many inputs from number `start`, one of `large` a large one."""
    found = Result(Counter(), {}, {}, [])
    with place() as there:
        for number in range(start, start + count):
            kind = there.write(partial(inputs.made, seed, number, large))
            outcome = there.read_log(number)
            found.counts[kind, outcome.how if outcome.good else "wrong"] += 1
            found.memory[kind] = max(found.memory.get(kind, 0), outcome.memory)
            found.seconds[kind] = max(found.seconds.get(kind, 0), outcome.seconds)
            if not outcome.good:
                told = f"seed {seed}, number {number} ({kind}): {outcome.how}, {outcome.memory >> 20} MB, {outcome.seconds:.1f} s"
                found.wrong.append(f"{told}\n  input: {_begin(there.log)!r}\n  said: {outcome.said[-1_500:]}")
    return found


def _begin(log: Path) -> bytes:
    with log.open("rb") as file:
        return file.read(300)


def main() -> int:
    """The command; 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.fuzz")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="the first number: that of an input that was wrong")
    given = parser.parse_args()
    found = run(given.seed, given.start, given.count)
    for kind in sorted(found.memory):
        each = {how: n for (of, how), n in sorted(found.counts.items()) if of == kind}
        print(f"{kind:10} {json.dumps(each)}, at most {found.memory[kind] >> 20} MB and {found.seconds[kind]:.1f} s")
    print(*found.wrong, sep="\n")
    print(f"{given.count} inputs, seed {given.seed}: {dict(found.total())}")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
