"""Make's targets for nodes: a node's path where make, the shell and every file system take it as it is."""

from __future__ import annotations

import unicodedata
from typing import Dict, List, Sequence

from conducto.ir.plan import Plan
from conducto.naming import FILE, Rule, mangle

#: The target of the root.
ROOT = "all"
#: The state of a pipeline whose makefile has a folder of its own.
LAUNCHED = "state"
#: What stands in the place of a Lazy's Execute has a target below this.
GROWN = "grown"
#: Targets that no node may have: those of the makefile, and those kept for later.
RESERVED = frozenset(
    [
        ROOT,
        "run",
        "help",
        "list",
        "stop",
        "clean",
        "resume",
        "status",
        "logs",
        "image",
        "images",
        "attempt",
        "grown",
        "shell",
        "makefile",
        "gnumakefile",
    ]
)

#: Letters and digits of any script; make and the shell see nothing of theirs in what is left.
_PART = Rule(r"[\w.+-]", r"\w", r"[\w.+-]", 60)
#: A target is a file's name too (with `,` for `/`), and that has 255 bytes at most.
_MOST_BYTES = 200
_WHOLE = Rule(r"[\w.+-]", r"\w", r"[\w.+-]", 50)


def targets(plan: Plan, above: Sequence[str] = ()) -> List[str]:
    """The target of every row. No two are equal, also where upper and lower case are not told apart.

    `above` are those of the first rows, where the others were generated: they stand under the last of these.
    """
    names = [*above, *[ROOT] * (len(plan.rows) - len(above))]
    if above:
        names[len(above)] = _short(f"{GROWN}/{above[-1]}")
    for number, below in enumerate(plan.tree.children[len(above) :], len(above)):
        parts = _parts([plan.rows[child].name for child in below], "" if number else plan.origin.output)
        lead = above[-1] if above and number == len(above) else names[number]
        for child, part in zip(below, parts):
            names[child] = part if lead == ROOT else _short(f"{lead}/{part}")
    return names


def _short(target: str) -> str:
    return target if len(target.encode()) <= _MOST_BYTES else mangle(target, _WHOLE)


def parent(target: str) -> str:
    """The target of the parent, as far as it can be told from the target."""
    return target.rpartition("/")[0] or ROOT


def state(name: str) -> str:
    """The folder of a pipeline's state, relative to its makefile."""
    return f".conducto/state/{mangle(name, FILE)}"


def _parts(names: Sequence[str], output: str) -> List[str]:
    """The last parts of the targets of siblings; at the root, `output` is the makefile's path."""
    alike: Dict[str, int] = {}
    if output:
        alike = {_folded(name): 1 for name in (ROOT, output.rpartition("/")[2])}
    for name in names:
        alike[_folded(name)] = alike.get(_folded(name), 0) + 1
    taken = [alike[_folded(name)] > 1 or (output != "" and name in RESERVED) for name in names]
    # The slash is no part of a name, so that this name is changed and bears a hash.
    return [mangle(f"/{name}" if other else name, _PART) for name, other in zip(names, taken)]


def _folded(name: str) -> str:
    """What a file system may make of a name before it compares it."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
