"""`docker_run_args`: more words for `docker run`, less those that would break what a node means."""

from __future__ import annotations

import shlex
from typing import Any, Dict, List, NamedTuple, NoReturn, Optional, Sequence, Tuple

from . import source
from .blame import blame, carried, exact, said, wrong_type
from .diagnostics import ConductoTypeError, ConductoValueError

NAME = "docker_run_args"

#: Options of `docker run` that take no value; every other one takes one, in its own word or in the next.
_FLAGS = frozenset(
    (
        *("--detach", "--disable-content-trust", "--help", "--init", "--interactive", "--no-healthcheck"),
        *("--oom-kill-disable", "--privileged", "--publish-all", "--quiet", "--read-only", "--rm", "--sig-proxy"),
        *("--tty", "--use-api-socket", "-P", "-d", "-i", "-q", "-t"),
    )
)

_NAMED = "it is how the container is found and ended"
_FOLLOWED = "the run waits for the container and keeps what it prints"
_NO_INPUT = "a command's input is empty"

#: What would break a node, and why; with what to write instead, where there is something.
_REFUSED: Dict[str, Tuple[str, str]] = {
    "--name": (_NAMED, ""),
    "--cidfile": (_NAMED, ""),
    "--rm": ("a container is always removed at its end", ""),
    "--restart": ("a node runs once", "retries="),
    "--entrypoint": ("the command is run by a shell of ours", "Image(shell=...)"),
    "--detach": (_FOLLOWED, ""),
    "-d": (_FOLLOWED, ""),
    "--detach-keys": (_FOLLOWED, ""),
    "--attach": (_FOLLOWED, ""),
    "-a": (_FOLLOWED, ""),
    "--sig-proxy": (_FOLLOWED, ""),
    "--help": ("it runs nothing", ""),
    "--interactive": (_NO_INPUT, ""),
    "-i": (_NO_INPUT, ""),
    "--tty": (_NO_INPUT, ""),
    "-t": (_NO_INPUT, ""),
    "--stop-signal": ("a node is ended by SIGTERM", ""),
    "--stop-timeout": ("a node is ended within seconds", "max_time="),
    "--env": ("it would hide what `env` says", "env="),
    "-e": ("it would hide what `env` says", "env="),
    "--env-file": ("it would hide what `env` says", "env="),
    "--workdir": ("a command starts where the code is", "cd"),
    "-w": ("a command starts where the code is", "cd"),
    "--memory": ("it would hide what `mem` says", "mem="),
    "-m": ("it would hide what `mem` says", "mem="),
    "--cpu-shares": ("it would hide what `cpu` says", "cpu="),
    "-c": ("it would hide what `cpu` says", "cpu="),
    "--gpus": ("it would hide what `gpu` says", "gpu="),
    "--platform": ("it would hide what the image says", "Image(platform=...)"),
}


class _Given(NamedTuple):
    """The words, and where each is to be shown: its position in a list, None for a text that holds them all."""

    words: Tuple[str, ...]
    listed: bool

    def pick(self, number: int) -> source.Pick:
        return source.within(NAME, (number,) if self.listed else ())


def checked(name: str, value: Any) -> Optional[Tuple[str, ...]]:
    """The words of a text (split as a shell does) or of a list of texts.

    Raises ConductoTypeError, or ConductoValueError (C119) for a word that is no option or one that would break the node.
    """
    if value is None:
        return None
    given = _split(value)
    for number, word in enumerate(given.words):
        carried(f"`{name}`", word, given.pick(number))
    _check(given)
    return given.words


def _split(value: Any) -> _Given:
    if isinstance(value, str):
        carried(f"`{NAME}`", value, source.argument(NAME))
        try:
            return _Given(tuple(shlex.split(value)), False)
        except ValueError as error:
            message = f"`{NAME}` cannot be split into words: {str(error).lower()}"
            pick = source.argument(NAME)
            raise blame(ConductoValueError, "C119", message, pick, help="close the quote, or write a list") from None
    if not isinstance(value, (list, tuple)):
        raise wrong_type(NAME, value, "a text or a list of texts")
    for number, word in enumerate(value):
        if not isinstance(word, str):
            message = f"`{NAME}` holds {said(word)}, which is no text"
            pick = source.within(NAME, (number,))
            raise blame(ConductoTypeError, "C110", message, pick, help=f'write `"{said(word)}"`')
    return _Given(tuple(exact(word) for word in value), True)


def _check(given: _Given) -> None:
    waiting = ""
    for number, word in enumerate(given.words):
        if waiting:
            waiting = ""
            continue
        if not word.startswith("-") or word in ("-", "--"):
            message = f"{said(word)} in `{NAME}` is no option: docker would take it for the image"
            help = "write options alone, each value behind its option"
            raise blame(ConductoValueError, "C119", message, given.pick(number), help=help)
        for option in _options(word):
            if option in _REFUSED:
                _refuse(option, given.pick(number))
        waiting = _waits(word)
    if waiting:
        message = f"`{waiting}` in `{NAME}` has no value"
        pick = given.pick(len(given.words) - 1)
        raise blame(ConductoValueError, "C119", message, pick, help="write its value behind it")


def _options(word: str) -> Sequence[str]:
    """The options in a word: one, or several short ones without values and perhaps one with its value (`-it`, `-v/a:/b`)."""
    if word.startswith("--"):
        return [word.partition("=")[0]]
    found: List[str] = []
    for letter in word[1:]:
        found.append(f"-{letter}")
        if found[-1] not in _FLAGS:
            break
    return found


def _waits(word: str) -> str:
    """The option whose value must be the next word; "" where the word holds all."""
    if word.startswith("--"):
        return "" if "=" in word or word in _FLAGS else word
    last = _options(word)[-1]
    return last if last not in _FLAGS and word.endswith(last[1]) and len(_options(word)) == len(word) - 1 else ""


def _refuse(option: str, pick: source.Pick) -> NoReturn:
    why, instead = _REFUSED[option]
    message = f"`{option}` cannot stand in `{NAME}`: {why}"
    help = f"use `{instead}` instead" if instead else "leave it out"
    raise blame(ConductoValueError, "C119", message, pick, help=help)
