"""`conducto-data-pipeline`, `conducto-data-user`: shared data from a shell, the methods of a Store as commands."""

from __future__ import annotations

import json
import re
import sys
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from .. import arguments, run, usage
from ..diagnostics import ConductoError, Diagnostic, did_you_mean
from ..entry import Entry
from . import pipeline, user
from .store import Store

#: The programs, those with their older names too, each with what it is about.
PROGRAMS: Mapping[str, Store] = {
    "conducto-data-pipeline": pipeline,
    "conducto-data-user": user,
    "conducto-temp-data": pipeline,
    "conducto-perm-data": user,
}


def main(program: str, words: Sequence[str]) -> int:
    """Run `program COMMAND [ARGUMENT ...]`. The exit status: 0, 1 for what cannot be done (there is no such object, say), 2 for
    what is wrong.

    What a command gives is printed as JSON, but for `gets`, which writes the object as it is.
    """
    commands = _commands(PROGRAMS[program])
    if not words or words[0] in arguments.HELP:
        print(_listing(program, commands))
        return 0 if words else 2
    try:
        name, rest = words[0].replace("_", "-"), words[1:]
        if name not in commands:
            help = did_you_mean(name, commands) or f"its commands are {', '.join(commands)}"
            raise ConductoError(Diagnostic("C440", f"`{program}` has no command `{words[0]}`", help=help))
        if arguments.asks_for_help(commands[name], rest):
            print(usage.of_entry(Entry(name, commands[name], True), program))
            return 0
        positional, named = arguments.parse(commands[name], rest)
        _print(commands[name](*positional, **named))
    except ConductoError as error:
        _complain(program, words, *error.diagnostics)
        return 2
    except BrokenPipeError:
        raise
    except OSError as error:
        what = f": {error.filename2 or error.filename}" if error.filename else ""
        _complain(program, words, Diagnostic("C441", f"{error.strerror or error}{what}"))
        return 1
    return 0


def _commands(store: Store) -> Dict[str, Callable[..., Any]]:
    """Name -> function."""

    def gets(name: str, byte_range: Optional[List[int]] = None) -> bytes:
        """Write the object at `name` to the standard output; with `byte_range`, from its first byte to the one before the
        second."""
        return store.gets(name, byte_range=byte_range)

    def puts(name: str) -> None:
        """Store what comes from the standard input at `name`."""
        store.puts(name, sys.stdin.buffer.read())

    found: List[Callable[..., Any]] = [
        store.get,
        gets,
        store.put,
        puts,
        store.list,
        store.exists,
        store.size,
        store.delete,
    ]
    found += [store.url, store.cache_exists, store.save_cache, store.restore_cache, store.clear_cache]
    return {function.__name__.replace("_", "-"): function for function in found}


def _listing(program: str, commands: Mapping[str, Callable[..., Any]]) -> str:
    width = max(map(len, commands))
    told = {name: re.split("[.:;]", " ".join(usage.doc(function).split()))[0] for name, function in commands.items()}
    lines = [f"  {name.ljust(width)}  {first}" for name, first in told.items()]
    more = f"`{program} COMMAND --help` tells more of one."
    return "\n".join([f"usage: {program} COMMAND [ARGUMENT ...]", "", *lines, "", more])


def _print(found: Any) -> None:
    if isinstance(found, bytes):
        sys.stdout.flush()
        sys.stdout.buffer.write(found)
        sys.stdout.buffer.flush()
    elif found is not None:
        print(json.dumps(found))


def _complain(program: str, words: Sequence[str], *said: Diagnostic) -> None:
    """Of our own functions nobody need know where they stand."""
    own = [
        each._replace(notes=(), location=each.location if each.location and each.location.file is None else None)
        for each in said
    ]
    run.complain(ConductoError(*own), [program, *words])
