"""A tree as the text of the pipeline file that a user would write for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping

from . import attributes, look, observe
from .job import Job
from .trees import KEEP_GOING, SKIP, SUPPRESS, Tree, behaviour, children, flags, join, kind, name, walk

_ATTRIBUTES = {SKIP: "skip=True", SUPPRESS: "suppress_errors=True", KEEP_GOING: "stop_on_error=False"}
_CLASSES = {"serial": "co.Serial", "parallel": "co.Parallel"}


#: What the names of our secrets begin with.
SECRET = "CONFORMANCE_"
#: Some that each target takes in a table of its own.
_OPTIONS = {"argo": {"labels": {"a": "b"}}, "github": {"timeout-minutes": 300}}


def secrets() -> dict[str, str]:
    """The secrets that a target must be given, by name."""
    return {SECRET + key: text for key, text in attributes.SECRETS.items()}


def pipeline(
    job: Job,
    tokens: Mapping[str, str],
    *,
    image: str = "",
    pace: float = 1,
    sink: str = "",
    clock: bool = False,
    sees: Collection[str] = (),
    count: Callable[[str], str] | None = None,
) -> str:
    """The file's text: a function `run` that builds the tree by assignment and returns its root.

    `tokens`: from the path an exec is known by to its token. `pace`: seconds. `image`: of the root, "" for none. `sees`: what
    commands look at, where the tree has attributes. `count`: from a token to the text that counts its runs.
    """
    known = job.known()
    variables: dict[str, str] = {}
    looking = attributes.has(job.expected, "")
    lines = ["import conducto as co", "", "", "def run():"]
    for path, node in walk(job.tree):
        variable = variables.setdefault(path, f"n{len(variables)}")
        arguments = [_ATTRIBUTES[flag] for flag in sorted(flags(node)) if flag in _ATTRIBUTES]
        arguments += _attributes(node, pace)
        if path == "/" and image and not attributes.value(node, "image"):
            arguments.append(f"image={image!r}")
        if kind(node) == "exec":
            self = known.get(path, "")
            text = observe.command(
                behaviour(node),
                tokens[self] if self else "",
                delay=job.delays.get(self, 0) * pace,
                extra=job.extra.get(self, ""),
                sink=sink,
                clock=clock,
                looks=look.text(tokens[self], sees) if self and looking else "",
                count=count(tokens[self]) if self and count else "",
            )
            arguments.insert(0, repr(text))
        lines.append(f"    {variable} = {_CLASSES.get(kind(node), 'co.Exec')}({', '.join(arguments)})")
        if path != "/":
            lines.append(f"    {variables[path[: -len(name(node)) - 1] or '/']}[{name(node)!r}] = {variable}")
        for child in children(node):
            variables.setdefault(join(path, name(child)), f"n{len(variables)}")
    return "\n".join([*lines, "    return n0", ""])


def _attributes(node: Tree, pace: float) -> list[str]:
    """The attributes of a node as arguments."""
    values = {key: _value(given) for key, given in sorted(attributes.env(node).items())}
    found = [f"env={{{', '.join(f'{key!r}: {value}' for key, value in values.items())}}}"] if values else []
    for flag in sorted(flags(node)):
        word, given = attributes.word(flag), flag.partition("=")[2]
        if word in ("cpu", "mem", "gpu", "retries", "max_concurrent", "requires_docker"):
            found.append(f"{word}={given}")
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
