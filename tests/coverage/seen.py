"""What a run of one node (or group) showed, and what of that tells that an attribute had its effect."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

#: The value of the Secret TOKEN in every run.
TOKEN = "of 'no' \"use\" $elsewhere"


@dataclass(frozen=True)
class Seen:
    """What was seen of a node on a target.

    `printed` are the lines of each Exec that its command was started for, by its path below the node ("" where that is the
    Exec), those of all attempts one after another. `shown` is what people see of the node: comments, names, labels.
    """

    target: str
    printed: Mapping[str, Sequence[str]]
    shown: str = ""

    def of(self, path: str = "") -> list[str]:
        """The lines of an Exec; none where it was not run."""
        return list(self.printed.get(path, ()))


Sees = Callable[[Seen], bool]


def lines(*expected: str) -> Sees:
    """The command printed just this."""
    return lambda seen: seen.of() == list(expected)


def last(expected: str) -> Sees:
    """The last line; what is built may have its say before."""
    return lambda seen: seen.of()[-1:] == [expected]


def first_of(*expected: str) -> Sees:
    """The first line is one of these."""
    return lambda seen: bool(seen.of()) and seen.of()[0] in expected


def said(path: str, part: str) -> Sees:
    """A line of it has this part."""
    return lambda seen: any(part in line for line in seen.of(path))


def noted(*parts: str) -> Sees:
    """One line has all these parts."""
    return lambda seen: any(all(part in line for part in parts) for line in seen.of())


def ran(*names: str, but: str = "") -> Sees:
    """These commands were run, in this order of names, and that one was not."""
    return lambda seen: all(seen.of(name) for name in names) and not (but and seen.of(but))


def times(count: int, *names: str) -> Sees:
    """The command (each of these) said `attempt` so many times."""
    return lambda seen: all(seen.of(name).count("attempt") == count for name in names or ("",))


def cut_short(path: str, unrun: str = "") -> Sees:
    """It began, it did not come to its end, and what comes after it was not run.

    On Argo the limit of a pod counts from before its containers are made, so on a busy machine it may be over before these
    begin: Kubernetes tells of it.
    """

    def sees(seen: Seen) -> bool:
        found = seen.of(path)
        began = "begun" in found or (seen.target == "argo" and "DeadlineExceeded" in seen.shown)
        return began and "ended" not in found and not (unrun and seen.of(unrun))

    return sees


def apart(*names: str) -> Sees:
    """Each printed when it began and when it ended, and no two of these overlap."""

    def sees(seen: Seen) -> bool:
        spans = sorted(tuple(map(float, seen.of(name))) for name in names)
        whole = all(len(span) == 2 for span in spans)
        return whole and all(first[1] <= second[0] for first, second in pairwise(spans))

    return sees


def digest(seen: Seen) -> bool:
    """The command had the secret's value: it printed its hash, as a target may hide the value itself."""
    return seen.of() == [f"{hashlib.sha256(TOKEN.encode()).hexdigest()}  -"]


def gpu(seen: Seen) -> bool:
    """The command found one where this machine has any; without one it was not run, for want of it."""
    if list(Path("/dev").glob("nvidia[0-9]*")):
        return seen.of() == ["1", "ran"]
    return _refused(seen, "with capabilities: [[gpu]]", "nvidia.com/gpu")


def no_such_machine(seen: Seen) -> bool:
    """The command was not run, as there is no image, or no node, for what it is to run on."""
    return _refused(seen, "Error response from daemon", "NodeAffinity")


def _refused(seen: Seen, *reasons: str) -> bool:
    """Docker's or Kubernetes' own reason is there, and nothing of the command."""
    told = "\n".join([*seen.of(), seen.shown])
    return "ran" not in seen.of() and any(reason in told for reason in reasons)


def options(seen: Seen) -> bool:
    """On GitHub the command is on the runner that was named, on Argo its pod has the account that was named."""
    wanted = {"github": "tail", "argo": "serviceaccount:argo:default"}[seen.target]
    return any(wanted in line for line in seen.of())


def called(seen: Seen) -> bool:
    """The function printed what it was given."""
    return seen.of() == ["it's $called"] * 2


def shown(*parts: str) -> Sees:
    """People see it."""
    return lambda seen: all(part in seen.shown for part in parts)
