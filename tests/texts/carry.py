"""What every target's run of these tests shares: the pipelines that carry the texts, and what came out of them."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .expect import expect

# Made by the CI set-up. The recorder's bash prints `@@argv`, and a blank and the base64 of each argument, on one line.
RECORDER = "local/recorder:1"
BASH = "local/bash:1"  # busybox and bash
SH = "local/busybox:1"  # no bash
# A command that has nothing to escape in it but says, in the same form, what it was given.
SAYS = """
    say() { printf '@@%s %s\\n' "$1" "$(printf %s "$2" | base64 | tr -d '\\n')"; }
    say node "$CONDUCTO_NODE"
    say value "$VALUE"
"""
MOST_EXECS = 50  # of one pipeline
MOST_BYTES = 120_000  # of one pipeline's texts: a workflow file of GitHub ends at 512,000, and escapes grow
DRIVER = Path(__file__).with_name("unescaped.py")


@dataclass(frozen=True)
class Leaf:
    """What one Exec gave: its output and errors in one, less what the target puts around it, and its exit status."""

    output: bytes
    status: int


class CompileFailed(Exception):
    """`conducto compile` did not end with 0; the message is what it wrote."""


class RunFailed(Exception):
    """The target's own tool took exception to the compiled file, so that no Exec ran; the message is what it wrote."""


class TextRunner(Protocol):
    """Compiles a pipeline for one target and runs it there."""

    def run(self, source: str, names: Sequence[str], compiler: Sequence[str]) -> Mapping[str, Leaf]:
        """Run the text of a pipeline.py whose root is a Parallel of Execs of these names; each that ran, by its name.

        `compiler` are the first words of the command line, to be followed by `compile --target ...`. A failing Exec
        raises nothing. Raises CompileFailed, RunFailed.
        """
        ...


def compiler(*unescaped: str) -> list[str]:
    """The command line of `conducto`, with functions (`module:name`) made to return their first argument."""
    return [sys.executable, str(DRIVER), *(f"--identity={name}" for name in unescaped)]


def leaf(index: int) -> str:
    """The name of the Exec that carries the text of an index."""
    return f"t{index:03d}"


def batches(texts: Sequence[str], most: int = MOST_EXECS) -> Iterator[list[int]]:
    """The indices of texts that share one pipeline, in order, so many at most."""
    batch: list[int] = []
    size = 0
    for index, text in enumerate(texts):
        more = len(text.encode())
        if batch and (len(batch) == most or size + more > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(index)
        size += more
    if batch:
        yield batch


def pipeline(execs: Mapping[str, str], image: str = RECORDER, values: Mapping[str, str] | None = None) -> str:
    """A pipeline.py: a Parallel of Execs, name -> command, and what some have as VALUE in their environment."""
    lines = ["import conducto as co", "", f"root = co.Parallel(image={image!r})"]
    for name, text in execs.items():
        env = f", env={{'VALUE': {values[name]!a}}}" if values and name in values else ""
        lines.append(f"root[{name!a}] = co.Exec({text!a}{env})")
    return "\n".join([*lines, ""])


def outputs(runner: TextRunner, texts: Sequence[str], indices: Sequence[int], how: Sequence[str]) -> dict[int, bytes]:
    """Run the texts of some indices as one pipeline; the output of each that ran."""
    execs = {leaf(index): texts[index] for index in indices}
    found = runner.run(pipeline(execs), list(execs), how)
    return {index: found[leaf(index)].output for index in indices if leaf(index) in found}


def differences(runner: TextRunner, texts: Sequence[str], how: Sequence[str], most: int = MOST_EXECS) -> Iterator[str]:
    """Run all texts, at most so many at a time, and say what did not arrive."""
    for indices in batches(texts, most):
        got = outputs(runner, texts, indices, how)
        yield from check({index: texts[index] for index in indices}, got)


def check(texts: Mapping[int, str] | Sequence[str], outputs: Mapping[int, bytes]) -> list[str]:
    """A line for each text that did not reach the recorder as `bash -c TEXT`, once and exactly."""
    numbered = dict(texts) if isinstance(texts, Mapping) else dict(enumerate(texts))
    found = []
    for index, text in numbered.items():
        complaint = unlike(["-c", expect(text)], recorded(outputs.get(index, b""), "argv"))
        if complaint:
            found.append(f"text {index}: {complaint}")
    return found


def check_one(kind: str, wanted: str, output: bytes) -> list[str]:
    """A line if what `SAYS` said of a kind is not what was wanted."""
    complaint = unlike([wanted], recorded(output, kind))
    return [f"{kind} {shortened(wanted.encode())}: {complaint}"] if complaint else []


def recorded(output: bytes, kind: str) -> list[list[bytes]]:
    """What an output says of a kind (`argv`, `node`, `value`): the values of each such line."""
    mark = f"@@{kind} ".encode()
    lines = [line.partition(mark)[2].split(b" ") for line in output.split(b"\n") if mark in line]
    return [[_decoded(word) for word in line] for line in lines]


def _decoded(word: bytes) -> bytes:
    """A value of base64, or what shows that it is none."""
    try:
        return base64.b64decode(word, validate=True)
    except ValueError:
        return b"no base64: " + word


def unlike(wanted: Sequence[str], lines: Sequence[Sequence[bytes]]) -> str | None:
    """How recorded lines differ from one line of the wanted values; None if they do not."""
    if len(lines) != 1:
        return f"recorded {len(lines)} times"
    got, want = list(lines[0]), [value.encode() for value in wanted]
    if got == want:
        return None
    if len(got) != len(want):
        return f"{len(got)} values in place of {len(want)}: {[shortened(value) for value in got]}"
    old, new = next((a, b) for a, b in zip(want, got) if a != b)
    at = next((i for i, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
    start = max(0, at - 10)
    sizes = f"byte {at} of {len(old)}, {len(new)}"
    return f"{sizes}: wanted {shortened(old[start:])}, got {shortened(new[start:])}"


def shortened(value: bytes) -> str:
    """The first bytes of a value, for a message."""
    return repr(value[:40]) + ("..." if len(value) > 40 else "")


def interleaved(got: bytes, stdout: bytes, stderr: bytes) -> bool:
    """Whether the lines of an output are those of two streams, each in its own order.

    In which order two streams meet is chance; a last line's missing newline is not seen by what marks lines.
    """
    lines, one, two = (text.removesuffix(b"\n").split(b"\n") if text else [] for text in (got, stdout, stderr))
    if len(lines) != len(one) + len(two):
        return False
    reached = {0}  # how many lines of `one` may have been used up
    for used, line in enumerate(lines):
        further = {n + 1 for n in reached if n < len(one) and one[n] == line}
        reached = further | {n for n in reached if used - n < len(two) and two[used - n] == line}
    return bool(reached)
