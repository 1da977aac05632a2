"""A call of a Python function, before it is a command."""

from __future__ import annotations

from typing import Callable, NamedTuple, Tuple

from . import local_paths


class Call(NamedTuple):
    """A call of a public function of a file: the function's `file` on this machine (absolute, symlinks resolved), its name, and
    its arguments as words of a command line, not yet quoted.

    `as_text` names the parameters that have no type and are given a number, a path or a date, which reaches them as a text.
    """

    file: str
    function: str
    words: Tuple[str, ...] = ()
    as_text: Tuple[str, ...] = ()

    def command(self, by: Callable[[str], str]) -> str:
        """The command that does the call where `by` tells a file's path; its words quoted as people know it."""
        import shlex

        path = by(self.file)
        plain = not path.startswith("-") and ("/" in path or path.endswith(".py"))
        given = (local_paths.replaced(word, by) for word in self.words)
        return " ".join(map(shlex.quote, ("conducto", path if plain else f"./{path}", self.function, *given)))

    @property
    def files(self) -> Tuple[str, ...]:
        """The local files that the command names: the function's, and those that `co.relpath` stands for in its words."""
        return (self.file, *(file for word in self.words for file in local_paths.files(word)))
