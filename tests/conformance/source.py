"""A tree as the text of the pipeline file that a user would write for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from . import attributes, look, observe
from .job import Job
from .trees import KEEP_GOING, SKIP, SUPPRESS, Tree, behaviour, children, flags, join, kind, name, pairs, walk

_PLAIN = {SKIP: "skip=True", SUPPRESS: "suppress_errors=True", KEEP_GOING: "stop_on_error=False"}
CLASSES = {"serial": "co.Serial", "parallel": "co.Parallel"}

#: What the names of our secrets begin with.
SECRET = "CONFORMANCE_"
#: Some that each target takes in a table of its own.
_OPTIONS = {"argo": {"labels": {"a": "b"}}, "github": {"timeout-minutes": 300}}


def secrets() -> dict[str, str]:
    """The secrets that a target must be given, by name."""
    return {SECRET + key: text for key, text in attributes.SECRETS.items()}


@dataclass(frozen=True)
class Told:
    """What a job's file is written with."""

    tokens: Mapping[str, str]  # from the path an exec is known by to its token
    image: str = ""  # of the root, if it says none itself
    pace: float = 1  # seconds
    sink: str = ""
    clock: bool = False
    sees: Collection[str] = ()  # what commands look at, where they do
    count: Callable[[str], str] | None = None  # from a token to the text that counts its runs
    file: str = ""  # the file's name


def pipeline(job: Job, told: Told) -> str:
    """The file's text: a function `run` that builds the tree by assignment and returns its root."""
    variables: dict[str, str] = {}
    lines = ["import conducto as co", "", "", "def run():"]
    for path, node in walk(job.tree):
        variable = variables.setdefault(path, f"n{len(variables)}")
        words = arguments(node, told.pace) + root_image(path, node, told)
        if kind(node) == "exec":
            words.insert(0, repr(command(job, told, path, node)))
        lines.append(f"    {variable} = {CLASSES.get(kind(node), 'co.Exec')}({', '.join(words)})")
        if path != "/":
            lines.append(f"    {variables[path[: -len(name(node)) - 1] or '/']}[{name(node)!r}] = {variable}")
        for child in children(node):
            variables.setdefault(join(path, name(child)), f"n{len(variables)}")
    return "\n".join([*lines, "    return n0", ""])


def root_image(path: str, node: Tree, told: Told) -> list[str]:
    """The argument that gives the root the runner's image."""
    wanted = path == "/" and told.image and not attributes.value(node, "image")
    return [f"image={told.image!r}"] if wanted else []


def command(job: Job, told: Told, path: str, node: Tree) -> str:
    """The text of an exec's command."""
    self = job.known().get(path, "")
    token = told.tokens[self] if self else ""
    place = path if pairs(job.tree) and job.meant is None else ""
    return observe.command(
        "ok" if behaviour(node) in observe.UNTAKEN else behaviour(node),
        token,
        delay=job.delays.get(self, 0) * told.pace,
        extra=job.extra.get(self, ""),
        sink=told.sink,
        clock=told.clock,
        looks=look.text(token, told.sees, place) if token and job.looks else "",
        count=told.count(token) if token and told.count else "",
    )


def arguments(node: Tree, pace: float) -> list[str]:
    """What a node is given but for its command, as arguments."""
    return [_PLAIN[flag] for flag in sorted(flags(node)) if flag in _PLAIN] + _attributes(node, pace)


def _attributes(node: Tree, pace: float) -> list[str]:
    """The attributes of a node as arguments."""
    values = {key: _value(given) for key, given in sorted(attributes.env(node).items())}
    found = [f"env={{{', '.join(f'{key!r}: {value}' for key, value in values.items())}}}"] if values else []
    for flag in sorted(flags(node)):
        word, given = attributes.word(flag), flag.partition("=")[2]
        if word in ("cpu", "mem", "gpu", "retries", "max_concurrent", "requires_docker"):
            found.append(f"{word}={given}")
        elif flag == f"image={attributes.PYTHON}":
            found.append("image=co.Image(copy_dir='.')")
        elif word in ("image", "doc", "title"):
            found.append(f"{word}={given!r}")
        elif word == "tags":
            found.append(f"tags={[given]!r}")
        elif word == "docker_run_args":
            found.append(f"docker_run_args={[f'--hostname={given}']!r}")
        elif word == "max_time":
            found.append(f"max_time={math.ceil(int(given) * pace)}")
        elif word == "reuse":
            found.append(f"container_reuse_context=co.ContainerReuseContext.{given}")
        elif word == "options":
            found.append(f"options={_OPTIONS!r}")
    return found


def _value(given: str) -> str:
    """A value of env as Python."""
    form, _, chosen = given.partition(" ")
    return repr(attributes.VALUES[int(chosen)]) if form == "env" else f"co.Secret({SECRET + chosen!r})"
