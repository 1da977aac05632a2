"""A call of a Python function, before it is a command."""

from __future__ import annotations

import shlex
from typing import NamedTuple, Tuple


class Call(NamedTuple):
    """A call of a public function of a file: the function's `file` on this machine (absolute, symlinks resolved), its name, and
    its arguments as words of a command line, not yet quoted.

    `as_text` names the parameters that have no type and are given a number, a path or a date, which reaches them as a text.
    """

    file: str
    function: str
    words: Tuple[str, ...] = ()
    as_text: Tuple[str, ...] = ()

    def command(self, path: str) -> str:
        """The command that does the call where the file is known by `path`; its words quoted as people know it."""
        plain = not path.startswith("-") and ("/" in path or path.endswith(".py"))
        words = ("conducto", path if plain else f"./{path}", self.function, *self.words)
        return " ".join(map(shlex.quote, words))
