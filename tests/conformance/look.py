"""What a command sees of its surroundings, as a word that it prints: what env holds, which image it is in, what it may use."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .attributes import SECRETS, VALUES, VARIABLES

#: What can be looked at; a runner says what its target gives.
ENV, IMAGE, LIMITS, DOCKER, HOST, FILES = "env", "image", "limits", "docker", "host", "files"
EVERYTHING = frozenset((ENV, IMAGE, LIMITS, DOCKER, HOST, FILES))

_GIVEN = {f"env {at}": text for at, text in enumerate(VALUES)} | {
    f"secret {key}": text for key, text in SECRETS.items()
}
_UNSET = "-"
#: What no value of ours is, to tell what is unset.
_NEVER = "(unset)"

_IMAGE = """\
i=busybox
if [ -e /mnt/conducto ]; then i=python
elif [ -e /etc/debian_version ]; then i=debian
elif [ -e /bin/bash ]; then i=bash; fi
s="$s;image:$i\""""
_LIMITS = """\
m= c=
for f in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do [ ! -e $f ] || read -r m <$f; done
for f in weight shares; do
for d in /sys/fs/cgroup /sys/fs/cgroup/cpu; do [ ! -e $d/cpu.$f ] || { read -r c <$d/cpu.$f; c=$f$c; }; done; done
s="$s;memory:$m;cpu:$c\""""
_DOCKER = """\
d=no; [ ! -S /var/run/docker.sock ] || d=yes
s="$s;docker:$d\""""
_HOST = """\
read -r h </proc/sys/kernel/hostname
s="$s;host:$h\""""
_FILES = """\
f=
if [ -e /tmp/conformance-seen ]; then while read -r l; do f=$f.$l; done </tmp/conformance-seen; fi
echo TOKEN >>/tmp/conformance-seen
s="$s;files:$f\""""
_PLACE = """\
[ "$CONDUCTO_NODE" = PATH ] && p=yes || p=no
s="$s;lazy:${CONDUCTO_LAZY-};place:$p;run:$CONDUCTO_PIPELINE_ID\""""


def text(token: str, sees: Collection[str], path: str = "") -> str:
    """Shell text (bash, dash, busybox sh) that puts what is seen into `$s`; no word of it has a blank or a bracket.

    `path`: of the node, for a command that shall tell whether it was told that, whether it is to generate, and in which run.
    """
    wanted = {IMAGE: _IMAGE, LIMITS: _LIMITS, DOCKER: _DOCKER, HOST: _HOST, FILES: _FILES.replace("TOKEN", token)}
    values = [f'which "${{{name}-{_NEVER}}}"' for name in VARIABLES]
    place = [_PLACE.replace("PATH", shlex.quote(path))] if path else []
    return "\n".join([_which(), "s=env:", *values, *(text for name, text in wanted.items() if name in sees), *place])


def _which() -> str:
    """A function that adds to `$s` which of the known values it is given: a target may hide secrets where they are printed."""
    cases = [f"{shlex.quote(_NEVER)}) s=${{s}}{_UNSET}. ;;"]
    cases += [f"{shlex.quote(text)}) s=${{s}}{key.replace(' ', '_')}. ;;" for key, text in _GIVEN.items()]
    return "\n".join(["which() { case $1 in", *cases, "*) s=${s}other. ;;", "esac; }"])


@dataclass(frozen=True)
class Sight:
    """What one execution of a command saw; a part that was not looked at is None."""

    env: Mapping[str, str]  # of the variables that are set: `env 3`, `secret A`, or `other`
    image: str | None = None
    memory: str | None = None
    cpu: str | None = None
    docker: str | None = None
    host: str | None = None
    files: tuple[str, ...] | None = None  # the tokens of those that were in this file system before
    lazy: str | None = None  # CONDUCTO_LAZY
    place: str | None = None  # whether CONDUCTO_NODE is its path
    run: str | None = None  # CONDUCTO_PIPELINE_ID


def parsed(word: str) -> Sight:
    """A printed word, read back."""
    parts = dict(part.partition(":")[::2] for part in word.split(";"))
    seen = [value.replace("_", " ") for value in parts.pop("env").split(".")]
    env = {name: value for name, value in zip(VARIABLES, seen, strict=False) if value != _UNSET}
    files = parts.pop("files", None)
    tokens = None if files is None else tuple(token for token in files.split(".") if token)
    return Sight(env, files=tokens, **parts)
