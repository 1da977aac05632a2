"""What a node may have besides its plain flags: attributes, which stand among the flags as texts.

`env:V0=3` is a value of VALUES, `secret:V0=A` one of SECRETS. `image=local/bash:1`, `retries=2`, `max_concurrent=1`, `cpu=0.5`,
`mem=0.25`, `gpu=0`, `requires_docker=True`, `docker_run_args=NAME` (the container's host name) and `reuse=NEW` or `GLOBAL` say
what they are; `max_time=3` counts in paces of the runner, which knows how slow its target is. `doc=`, `title=`, `tags=` and
`options=` take one of SHOWN.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .trees import Tree, flags, kind, walk

VARIABLES = ("V0", "V1", "V2", "V3")
#: What means something to a shell, to make, to YAML or to a template language on the way.
VALUES = ("text", "", "a b", "$HOME $$ `x`", 'it\'s "q" \\', "two\nlines", "{{x}} ${{ y }}", "é🚀", "%p #x", "$(X)")
#: The secrets that a runner provides, and one that it does not.
SECRETS = {"A": "s3cret value", "B": "$x'y\"z"}
MISSING = "MISSING"
IMAGES = ("local/busybox:1", "local/bash:1", "local/debian:1")
#: The default image with the pipeline's own code: what generates needs it.
PYTHON = "local/python:1"
#: What runners give the root where a tree says nothing.
IMAGE = IMAGES[0]
HOSTS = ("conformance-a", "conformance-b")
SHOWN = ("shown", "it's ${{ x }} {{y}}", "two\nlines")
NEW, GLOBAL = "NEW", "GLOBAL"

#: By the word before the sign, what documents call it.
NAMES = {
    "env": "env",
    "secret": "env (Secret)",
    "image": "image",
    "cpu": "cpu",
    "mem": "mem",
    "gpu": "gpu",
    "requires_docker": "requires_docker",
    "docker_run_args": "docker_run_args",
    "reuse": "container_reuse_context",
    "max_time": "max_time",
    "retries": "retries",
    "max_concurrent": "max_concurrent",
    "options": "options",
    "doc": "doc",
    "title": "title",
    "tags": "tags",
}
#: These are of a group another thing than of an Exec, to a target.
_TWOFOLD = ("max_time", "retries")
#: All rows of the tables.
ATTRIBUTES = tuple(
    row for name in NAMES.values() for row in ((name, f"{name} of a group") if name in _TWOFOLD else (name,))
)
#: The nearest node's counts, and every Exec of a container must have the same.
OF_CONTAINER = ("image", "cpu", "mem", "gpu", "requires_docker", "docker_run_args")

#: A `max_time` of so few paces is over before a command that sleeps ends, a longer one is never over.
SHORT = 20


def word(flag: str) -> str:
    """What an attribute's text begins with, a key of NAMES; "" for a plain flag."""
    first = flag.partition("=")[0].partition(":")[0]
    return first if "=" in flag else ""


def variable(flag: str) -> str:
    """The variable that an attribute's text gives; "" if it gives none."""
    return flag.partition(":")[2].partition("=")[0] if word(flag) in ("env", "secret") else ""


def attribute(node: Tree, flag: str) -> str:
    """The row of the tables that an attribute of a node is in."""
    name = NAMES[word(flag)]
    return f"{name} of a group" if name in _TWOFOLD and kind(node) != "exec" else name


def uses(tree: Tree) -> Iterator[tuple[str, str]]:
    """Each attribute that is written in a tree, with the path of its node."""
    for path, node in walk(tree):
        yield from ((path, attribute(node, flag)) for flag in sorted(flags(node)) if word(flag))


def has(tree: Tree, name: str) -> bool:
    """Whether a node of a tree says something of it, or of anything if the name is ""."""
    return any(word(flag) == name if name else word(flag) for _, node in walk(tree) for flag in flags(node))


def value(node: Tree, name: str) -> str:
    """What a node says of an attribute itself; "" if nothing."""
    return next((flag.partition("=")[2] for flag in flags(node) if word(flag) == name), "")


def number(node: Tree, name: str) -> int:
    """The same as a number, 0 if nothing."""
    return int(value(node, name) or 0)


def env(node: Tree) -> dict[str, str]:
    """The variables that a node gives, each with `env 3` or `secret A`."""
    given = {}
    for flag in flags(node):
        if word(flag) in ("env", "secret"):
            variable, _, chosen = flag.partition(":")[2].partition("=")
            given[variable] = f"{word(flag)} {chosen}"
    return given


def short(node: Tree) -> bool:
    """Whether a node's time is so short that what sleeps in it is ended."""
    return 0 < number(node, "max_time") <= SHORT


@dataclass(frozen=True)
class Inherited:
    """What holds at a node: its own and that of the nodes above it."""

    env: Mapping[str, str]
    container: Mapping[str, str]  # by the words of OF_CONTAINER
    shared: str = ""  # the path of the NEW node in whose container it runs

    def below(self, path: str, node: Tree) -> Inherited:
        """What holds at a child."""
        own = {name: value(node, name) for name in OF_CONTAINER if value(node, name)}
        reuse = value(node, "reuse")
        shared = {NEW: path, GLOBAL: ""}.get(reuse, self.shared)
        return Inherited({**self.env, **env(node)}, {**self.container, **own}, shared)


NOTHING = Inherited({}, {})
