"""Tree -> Tree: which Execs need the directories that nodes share (docs/semantics.md, "Shared data")."""

from __future__ import annotations

import ast
import os
import re
import stat
from typing import Dict, Iterator, Optional, Set

from ..call import Call
from ..paths import DATA
from .tree import Row, Tree

#: The directory in a text, and not the folder `data` of code that is copied to /mnt/conducto.
_FOLDER = rf"(?<![\w.-]){DATA}(?![\w.-])"
#: What only conducto itself can do with it: its programs, and its names in the text of a Python program.
_PROGRAM = r"(?<![\w.-])conducto-(?:data-pipeline|data-user|temp-data|perm-data)(?![\w.-])"
_IN_PYTHON = (
    r"(?<![\w./-])(?:co|conducto)\.(?:data|temp_data|perm_data)(?![\w-])|"
    r"\bfrom\s+conducto\s+import\s[^\n;]*\b(?:data|temp_data|perm_data)\b|"
    r"\bnb\.matplotlib_inline\b"
)
_OURS = re.compile(f"{_PROGRAM}|{_IN_PYTHON}")
_NAMED = re.compile(f"{_FOLDER}|{_OURS.pattern}")
#: What `import conducto` has of it.
_MEMBERS = {"data", "temp_data", "perm_data"}
#: What saves figures there (nb.py).
_INLINE = "matplotlib_inline"
#: Bytes of a module, of which a tree is made that takes a hundred times as many.
_MOST_READ = 1_000_000


def shared(tree: Tree, everywhere: bool) -> Tree:
    """The tree with `data` set where a node needs shared data: where its command, an env value or the file of its function names
    it, and `everywhere` if that is wanted. Commands are those that were written, before translate.

    What is to be generated has it where its place has.
    """
    finder = _Finder()
    needs = [row.data or everywhere or finder.is_named(row) for row in tree.rows]
    changed = {
        number: row._replace(data=True)
        for number, row in enumerate(tree.rows)
        if (row.kind == "exec" or row.lazy) and needs[number] and not row.data
    }
    return tree.with_rows([changed.get(number, row) for number, row in enumerate(tree.rows)]) if changed else tree


def calls_conducto(text: str) -> bool:
    """Whether a command names shared data in a way that needs conducto where it runs."""
    return _OURS.search(text) is not None


def _in_text(text: str) -> bool:
    return ("data" in text or _INLINE in text) and _NAMED.search(text) is not None


def _may_name_it(source: bytes) -> bool:
    return b"data" in source or _INLINE.encode() in source


class _Finder:
    """Knows of each file of functions, and of each env, whether it names shared data."""

    def __init__(self) -> None:
        self._files: Dict[str, bool] = {}
        self._envs: Dict[int, bool] = {}

    def is_named(self, row: Row) -> bool:
        """Whether an Exec names it."""
        if row.kind != "exec":
            return False
        command = row.command
        texts = command.words if isinstance(command, Call) else (command or "",)
        if any(map(_in_text, texts)) or (row.env and self._in_env(row)):
            return True
        return isinstance(command, Call) and self._in_file(command.file)

    def _in_env(self, row: Row) -> bool:
        """Nodes share what they inherit, so each is looked at but once."""
        if id(row.env) not in self._envs:
            self._envs[id(row.env)] = any(map(_in_text, row.texts.values()))
        return self._envs[id(row.env)]

    def _in_file(self, file: str) -> bool:
        if file not in self._files:
            source = _read(file)
            # What cannot be read here (the code of another repository) may name it.
            self._files[file] = source is None or (_may_name_it(source) and names_it(source))
        return self._files[file]


def _read(file: str) -> Optional[bytes]:
    """None for what is no file of a person's: of a pipe or a device there may be no end."""
    try:
        if not stat.S_ISREG(os.stat(file).st_mode) or os.path.getsize(file) > _MOST_READ:
            return None
        with open(file, "rb") as source:
            return source.read(_MOST_READ)
    except (OSError, ValueError):
        return None


def names_it(source: bytes) -> bool:
    """Whether a Python module names shared data: in a text, or as what it imports of conducto. A comment does not count."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # of a later Python than this one
        return _in_text(source.decode(errors="replace"))
    bound = {"conducto"} | set(_bound(tree))
    return any(_names_it(node, bound) for node in ast.walk(tree))


def _bound(tree: ast.AST) -> Iterator[str]:
    """What conducto itself is called in a module; "*" where all its names are the module's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.asname for alias in node.names if alias.name == "conducto" and alias.asname)
        elif isinstance(node, ast.ImportFrom) and node.module == "conducto" and node.names[0].name == "*":
            yield "*"


def _names_it(node: ast.AST, bound: Set[str]) -> bool:
    if isinstance(node, ast.Constant):
        value = node.value.decode(errors="replace") if isinstance(node.value, bytes) else node.value
        return isinstance(value, str) and _in_text(value)
    if isinstance(node, ast.Attribute):
        if node.attr == _INLINE:
            return True
        if not isinstance(node.value, ast.Name):
            return False
        return (node.attr in _MEMBERS and node.value.id in bound) or ("*" in bound and node.value.id in _MEMBERS)
    if isinstance(node, ast.Import):
        return any(f"{alias.name}.".startswith("conducto.data.") for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
        taken = {alias.name for alias in node.names}
        if node.module == "conducto.nb" and _INLINE in taken:
            return True
        return f"{node.module}.".startswith("conducto.data.") or (node.module == "conducto" and bool(taken & _MEMBERS))
    return False
